/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "stores.h"

static const struct store_row {
	const char *prefix;
	const struct store_kind *kind; /* NULL: built without it */
} schemes[] = {
#ifdef HAVE_HIREDIS
	{ "redis://", &store_redis },
	{ "rediss://", &store_redis },
	{ "redis-sentinel://", &store_redis },
	{ "rediss-sentinel://", &store_redis },
	{ "unix://", &store_redis },
#else
	{ "redis://", NULL },
	{ "rediss://", NULL },
	{ "redis-sentinel://", NULL },
	{ "rediss-sentinel://", NULL },
	{ "unix://", NULL },
#endif
#ifdef HAVE_LIBMEMCACHED
	{ "memcached://", &store_memcached },
#else
	{ "memcached://", NULL },
#endif
	{ "", &store_lmdb },
};

static const struct store_row *
find_row(const char *where)
{
	const struct store_row *scheme = schemes;

	while (strncmp(where, scheme->prefix, strlen(scheme->prefix)) != 0)
		scheme++;
	return scheme;
}

void
store_roles(struct roles *roles, const struct store_plan *plan)
{
	if (plan->where == NULL || find_row(plan->where)->kind != &store_lmdb)
		return;
	roles_add_in(roles, ROLE_REPLACED, "-d", plan->where, "data.mdb");
	roles_add_in(roles, ROLE_REPLACED, "-d", plan->where, "lock.mdb");
}

void
store_open(struct store *store, const struct store_plan *plan)
{
	const char *where = plan->where != NULL ? plan->where : "", *why;
	const struct store_row *scheme = find_row(where);

	*store = (struct store){ .kind = scheme->kind, .ttl = plan->ttl };
	if (store->kind == NULL)
		die(STATUS_MISUSE, 0, "%s: built without support for it", where);
	why = store->kind->open(store, plan);
	if (why != NULL)
		die(STATUS_BROKEN, 0, "%s: %s", store->name != NULL ? store->name : where,
		    why);
}

/* From now on without it. */
static void
lose(struct store *store)
{
	warn("%s: %s; going on without it", store->name, store->why);
}

/* What it had of a record is not what was stored. */
static void
tell_damage(struct store *store, const struct lookup *lookup)
{
	if (store->damaged++ == 0)
		warn_record(lookup->record, lookup->len,
		    "what was stored is damaged; computed anew, as others will be");
}

void
store_get(struct store *store, struct lookup *lookups, size_t count)
{
	if (store->why == NULL && store->kind->get(store, lookups, count) < 0)
		lose(store);
	for (size_t i = 0; i < count; i++)
		if (store->why != NULL)
			lookups[i].output = NULL;
		else if (lookups[i].damaged)
			tell_damage(store, &lookups[i]);
}

void
store_rest(struct store *store)
{
	if (store->why == NULL)
		store->kind->rest(store);
}

void
store_put(struct store *store, const struct stored *list)
{
	if (store->why == NULL && list != NULL && store->kind->put(store, list) < 0)
		lose(store);
}

void
store_size(struct store *store, struct store_size *size)
{
	*size = (struct store_size){ 0 };
	if (store->why != NULL || store->kind->size(store, size) < 0)
		die(STATUS_BROKEN, 0, "%s: %s", store->name, store->why);
}

void
store_close(struct store *store)
{
	store->kind->close(store);
	free(store->name);
}
