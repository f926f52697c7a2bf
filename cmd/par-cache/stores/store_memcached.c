/* SPDX-License-Identifier: ISC */
/*
 * memcached://HOST[:PORT][,HOST...]: shared with other machines.  The servers
 * drop what they have no room for.
 */
#ifdef HAVE_LIBMEMCACHED
#include <errno.h>
#include <libmemcached-1.0/memcached.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "num.h"
#include "value.h"

enum {
	TIMEOUT = 5000, /* ms that a server may take */
	PORT = 11211,
	ITEM_HEAD = 512 /* bytes, at most, that a server adds to a value */
};

struct memcached_store {
	memcached_st *servers;
	char *values[STORE_LOOKUPS]; /* what was found */
	size_t value_count;
	uint64_t largest; /* value that all servers take, bytes */
};

/* The library's word for it says nothing when one of several servers is away. */
static const char *
why(const struct memcached_store *shared, memcached_return_t error)
{
	if (error == MEMCACHED_SOME_ERRORS || error == MEMCACHED_FAILURE ||
	    error == MEMCACHED_SERVER_TEMPORARILY_DISABLED)
		return "a server does not answer";
	return memcached_strerror(shared->servers, error);
}

static int
failed(
    struct store *store, const struct memcached_store *shared, memcached_return_t error)
{
	store->why = why(shared, error);
	return -1;
}

/* Add HOST or HOST:PORT, len bytes; NULL, or what is wrong with it. */
static const char *
add_server(memcached_st *servers, const char *text, size_t len)
{
	char host[256], *colon;
	uint64_t port = PORT;

	if (len == 0 || len >= sizeof(host))
		return "not a list of hosts";
	memcpy(host, text, len);
	host[len] = '\0';
	colon = strrchr(host, ':');
	if (colon != NULL) {
		*colon = '\0';
		if (num_parse(colon + 1, 1, 65535, &port) < 0)
			return "not a port number";
	}
	if (memcached_server_add(servers, host, (in_port_t)port) != MEMCACHED_SUCCESS)
		return "cannot use that list of hosts";
	return NULL;
}

static const char *
add_servers(memcached_st *servers, const char *list)
{
	const char *why = NULL;

	for (; why == NULL && *list != '\0'; list += *list == ',') {
		size_t len = strcspn(list, ",/");

		why = add_server(servers, list, len);
		list += len;
		if (*list == '/')
			return why != NULL || list[1] == '\0' ? why : "a path has no use";
	}
	if (why == NULL && memcached_server_count(servers) == 0)
		return "no host is named";
	return why;
}

static void
set_behaviour(memcached_st *servers)
{
	memcached_behavior_set(servers, MEMCACHED_BEHAVIOR_CONNECT_TIMEOUT, TIMEOUT);
	memcached_behavior_set(servers, MEMCACHED_BEHAVIOR_POLL_TIMEOUT, TIMEOUT);
	memcached_behavior_set(servers, MEMCACHED_BEHAVIOR_TCP_NODELAY, 1);
	memcached_behavior_set(
	    servers, MEMCACHED_BEHAVIOR_DISTRIBUTION, MEMCACHED_DISTRIBUTION_CONSISTENT);
}

/* How large a value may be, the least of all servers. */
static memcached_return_t
least_largest(const memcached_instance_st *server, const char *key, size_t key_length,
    const char *value, size_t value_length, void *context)
{
	uint64_t *largest = context, number;

	(void)server;
	if (key_length == strlen("item_size_max") &&
	    memcmp(key, "item_size_max", key_length) == 0 &&
	    num_parse_bytes(value, value_length, ITEM_HEAD, UINT64_MAX, &number) == 0 &&
	    number - ITEM_HEAD < *largest)
		*largest = number - ITEM_HEAD;
	return MEMCACHED_SUCCESS;
}

static const char *
open_servers(struct store *store, const struct store_plan *plan)
{
	struct memcached_store *shared = calloc(1, sizeof(*shared));
	memcached_return_t error;
	const char *wrong;

	store->state = shared;
	store->name = strdup(plan->where);
	if (shared == NULL || store->name == NULL ||
	    (shared->servers = memcached_create(NULL)) == NULL)
		return strerror(ENOMEM);
	set_behaviour(shared->servers);
	wrong = add_servers(shared->servers, plan->where + strlen("memcached://"));
	if (wrong != NULL)
		return wrong;
	shared->largest = UINT64_MAX;
	error = memcached_stat_execute(
	    shared->servers, "settings", least_largest, &shared->largest);
	return error == MEMCACHED_SUCCESS ? NULL : why(shared, error);
}

/*
 * Which lookup a result is of, searched from where it is likely; count: of none.
 * A record that is looked up twice has two results.
 */
static size_t
find(const memcached_result_st *result, char (*names)[VALUE_NAME_SIZE + 1], size_t count,
    size_t from)
{
	const char *name = memcached_result_key_value(result);

	if (memcached_result_key_length(result) != VALUE_NAME_SIZE)
		return count;
	for (size_t i = 0; i < count; i++) {
		size_t at = (from + i) % count;

		if (memcmp(names[at], name, VALUE_NAME_SIZE) == 0)
			return at;
	}
	return count;
}

/* Take over what the servers send. */
static memcached_return_t
fetch(struct store *store, struct lookup *lookups, char (*names)[VALUE_NAME_SIZE + 1],
    size_t count)
{
	struct memcached_store *shared = store->state;
	memcached_result_st *result;
	memcached_return_t error;
	size_t at = 0, next = 0;

	while ((result = memcached_fetch_result(shared->servers, NULL, &error)) != NULL) {
		size_t len = memcached_result_length(result);
		char *value = memcached_result_take_value(result);

		at = find(result, names, count, next);
		if (value != NULL && at < count && shared->value_count < STORE_LOOKUPS) {
			next = at + 1;
			value_read(&lookups[at], value, len, store->ttl);
			shared->values[shared->value_count++] = value;
		} else {
			free(value);
		}
		memcached_result_free(result);
	}
	return error;
}

static int
get(struct store *store, struct lookup *lookups, size_t count)
{
	struct memcached_store *shared = store->state;
	char names[STORE_LOOKUPS][VALUE_NAME_SIZE + 1];
	const char *keys[STORE_LOOKUPS];
	size_t lengths[STORE_LOOKUPS];
	memcached_return_t error;

	if (count == 0)
		return 0;
	for (size_t i = 0; i < count; i++) {
		value_name(names[i], &lookups[i].key);
		keys[i] = names[i];
		lengths[i] = VALUE_NAME_SIZE;
	}
	error = memcached_mget(shared->servers, keys, lengths, count);
	if (error == MEMCACHED_SUCCESS)
		error = fetch(store, lookups, names, count);
	if (error != MEMCACHED_SUCCESS && error != MEMCACHED_END &&
	    error != MEMCACHED_NOTFOUND)
		return failed(store, shared, error);
	return 0;
}

static void
rest(struct store *store)
{
	struct memcached_store *shared = store->state;

	while (shared->value_count > 0)
		free(shared->values[--shared->value_count]);
}

static memcached_return_t
put_one(struct store *store, const struct stored *saved)
{
	struct memcached_store *shared = store->state;
	time_t until = store->ttl > 0 ? time(NULL) + (time_t)store->ttl : 0;
	char name[VALUE_NAME_SIZE + 1], *value;
	memcached_return_t error;

	if (value_size(saved) > shared->largest) {
		store->refused++;
		return MEMCACHED_SUCCESS;
	}
	value = malloc(value_size(saved));
	if (value == NULL)
		return MEMCACHED_MEMORY_ALLOCATION_FAILURE;
	value_name(name, &saved->key);
	value_write(value, saved);
	error = memcached_set(
	    shared->servers, name, VALUE_NAME_SIZE, value, value_size(saved), until, 0);
	free(value);
	if (error == MEMCACHED_E2BIG || error == MEMCACHED_SERVER_ERROR ||
	    error == MEMCACHED_SERVER_MEMORY_ALLOCATION_FAILURE) {
		store->refused++;
		error = MEMCACHED_SUCCESS;
	}
	return error;
}

static int
put(struct store *store, const struct stored *list)
{
	struct memcached_store *shared = store->state;
	memcached_return_t error = MEMCACHED_SUCCESS;

	for (; error == MEMCACHED_SUCCESS && list != NULL; list = list->next)
		error = put_one(store, list);
	return error == MEMCACHED_SUCCESS ? 0 : failed(store, shared, error);
}

/* Add up one number that the servers tell. */
static memcached_return_t
add_stat(const memcached_instance_st *server, const char *key, size_t key_length,
    const char *value, size_t value_length, void *context)
{
	struct store_size *size = context;
	uint64_t number;

	(void)server;
	if (num_parse_bytes(value, value_length, 0, UINT64_MAX, &number) < 0)
		return MEMCACHED_SUCCESS;
	if (key_length == strlen("curr_items") &&
	    memcmp(key, "curr_items", key_length) == 0)
		size->entries += number;
	if (key_length == strlen("bytes") && memcmp(key, "bytes", key_length) == 0)
		size->bytes += number;
	if (key_length == strlen("limit_maxbytes") &&
	    memcmp(key, "limit_maxbytes", key_length) == 0)
		size->limit += number;
	return MEMCACHED_SUCCESS;
}

static int
size(struct store *store, struct store_size *size)
{
	struct memcached_store *shared = store->state;
	memcached_return_t error =
	    memcached_stat_execute(shared->servers, NULL, add_stat, size);

	return error == MEMCACHED_SUCCESS ? 0 : failed(store, shared, error);
}

static void
close_servers(struct store *store)
{
	struct memcached_store *shared = store->state;

	memcached_free(shared->servers);
	free(shared);
}

const struct store_kind store_memcached = { .open = open_servers,
	.get = get,
	.rest = rest,
	.put = put,
	.size = size,
	.close = close_servers };
#endif
