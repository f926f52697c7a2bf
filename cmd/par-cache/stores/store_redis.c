/* SPDX-License-Identifier: ISC */
/*
 * redis://[USER@]HOST[:PORT][,...][/DB] or unix:///PATH: shared with other machines.  The
 * server drops what it has no room for, if it is set up so.
 */
#ifdef HAVE_HIREDIS
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "need.h"
#include "num.h"
#include "redis.h"
#include "value.h"

enum {
	TIMEOUT = 5, /* s that the server may take */
	ANSWER_TIMEOUT = 30000 /* ms that an answer may take, all its parts */
};

struct redis_store {
	struct address address;
	redisContext *context;
	struct redis_limits limits; /* of its reader */
	redisReply *replies[STORE_LOOKUPS]; /* what was found */
	size_t reply_count;
	char error[256]; /* that the server answered */
};

static const char *
why(struct redis_store *shared)
{
	if (shared->error[0] != '\0')
		return shared->error;
	if (shared->context->err == REDIS_ERR_IO && errno == EAGAIN)
		return "no answer";
	return shared->context->errstr;
}

static int
failed(struct store *store, struct redis_store *shared)
{
	store->why = why(shared);
	return -1;
}

/* The next reply, of one of two types; NULL if there is none, or another one. */
static redisReply *
take(struct redis_store *shared, int type, int or_type)
{
	static const struct redis_wait wait = {
		.silent = TIMEOUT * 1000, .most = ANSWER_TIMEOUT, .wake = -1
	};
	redisReply *got = redis_answer(shared->context, &wait);

	if (got == NULL || got->type == type || got->type == or_type)
		return got;
	snprintf(shared->error, sizeof(shared->error), "%s",
	    got->type == REDIS_REPLY_ERROR ? got->str
					   : "not an answer to what was asked");
	freeReplyObject(got);
	return NULL;
}

/* Send what was appended, and see that it is answered without an error. */
static int
must(struct redis_store *shared)
{
	redisReply *reply = take(shared, REDIS_REPLY_STATUS, REDIS_REPLY_STATUS);

	if (reply == NULL)
		return -1;
	freeReplyObject(reply);
	return 0;
}

static int
introduce(struct redis_store *shared)
{
	const struct address *a = &shared->address;
	const char *password = a->password != NULL ? a->password : "";

	if (a->user != NULL)
		redisAppendCommand(shared->context, "AUTH %s %s", a->user, password);
	else if (a->password != NULL)
		redisAppendCommand(shared->context, "AUTH %s", password);
	if ((a->user != NULL || a->password != NULL) && must(shared) < 0)
		return -1;
	redisAppendCommand(shared->context, "SELECT %llu", (unsigned long long)a->db);
	return must(shared);
}

/* Connect to that place; NULL: the path.  NULL, or why not. */
static const char *
connect_to(struct redis_store *shared, const struct address_place *place)
{
	const struct timeval timeout = { .tv_sec = TIMEOUT };

	shared->context = place == NULL
	    ? redisConnectUnixWithTimeout(shared->address.path, timeout)
	    : redisConnectWithTimeout(place->host, (int)place->port, timeout);
	if (shared->context == NULL)
		return strerror(ENOMEM);
	redis_limit(shared->context, &shared->limits);
	if (shared->context->err != 0 ||
	    redisSetTimeout(shared->context, timeout) != REDIS_OK ||
	    introduce(shared) < 0)
		return why(shared);
	return NULL;
}

/* Connect to the first that answers; why the last one does not. */
static const char *
connect_to_some(struct redis_store *shared)
{
	const struct address *a = &shared->address;
	const char *wrong;

	if (a->count == 0)
		return connect_to(shared, NULL);
	for (size_t i = 0;; i++) {
		wrong = connect_to(shared, &a->places[i]);
		if (wrong == NULL || i + 1 == a->count || shared->context == NULL)
			return wrong;
		redisFree(shared->context);
		shared->error[0] = '\0';
	}
}

static const char *
open_server(struct store *store, const struct store_plan *plan)
{
	struct redis_store *shared = calloc(1, sizeof(*shared));
	const char *password = getenv("PAR_CACHE_PASSWORD"), *wrong;

	store->state = shared;
	store->name = strdup("redis"); /* as long as where may hold a password */
	if (shared == NULL || store->name == NULL)
		return strerror(ENOMEM);
	wrong = address_parse(&shared->address, plan->where, false);
	if (wrong != NULL)
		return wrong;
	if (shared->address.tls)
		return address_no_tls;
	if (shared->address.master != NULL)
		return "Sentinel is not asked here; name the server itself, by redis://";
	free(store->name);
	store->name = strdup(plan->where);
	if (plan->password_file == NULL && password != NULL)
		shared->address.password = need_string(password, strlen(password));
	address_hide("PAR_CACHE_PASSWORD", true);
	if (plan->password_file != NULL &&
	    address_password(&shared->address, plan->password_file) < 0)
		return "the password file cannot be read";
	return store->name == NULL ? strerror(ENOMEM) : connect_to_some(shared);
}

static int
get(struct store *store, struct lookup *lookups, size_t count)
{
	struct redis_store *shared = store->state;
	char name[VALUE_NAME_SIZE + 1];

	for (size_t i = 0; i < count; i++) {
		value_name(name, &lookups[i].key);
		if (redisAppendCommand(shared->context, "GET %s", name) != REDIS_OK)
			return failed(store, shared);
	}
	for (size_t i = 0; i < count; i++) {
		redisReply *reply = take(shared, REDIS_REPLY_STRING, REDIS_REPLY_NIL);

		if (reply == NULL)
			return failed(store, shared);
		shared->replies[shared->reply_count++] = reply;
		if (reply->type == REDIS_REPLY_STRING)
			value_read(&lookups[i], reply->str, reply->len, store->ttl);
	}
	return 0;
}

static void
rest(struct store *store)
{
	struct redis_store *shared = store->state;

	while (shared->reply_count > 0)
		freeReplyObject(shared->replies[--shared->reply_count]);
}

/* Have an output stored; the reply comes later. */
static int
send_one(struct store *store, const struct stored *saved)
{
	struct redis_store *shared = store->state;
	char name[VALUE_NAME_SIZE + 1], *value = malloc(value_size(saved));
	int sent;

	if (value == NULL) {
		snprintf(shared->error, sizeof(shared->error), "%s", strerror(ENOMEM));
		return failed(store, shared);
	}
	value_name(name, &saved->key);
	value_write(value, saved);
	if (store->ttl > 0)
		sent = redisAppendCommand(shared->context, "SET %s %b EX %llu", name,
		    value, value_size(saved), (unsigned long long)store->ttl);
	else
		sent = redisAppendCommand(
		    shared->context, "SET %s %b", name, value, value_size(saved));
	free(value);
	return sent == REDIS_OK ? 0 : failed(store, shared);
}

static int
put(struct store *store, const struct stored *list)
{
	struct redis_store *shared = store->state;
	size_t sent = 0;

	for (; list != NULL; list = list->next, sent++)
		if (send_one(store, list) < 0)
			return -1;
	for (; sent > 0; sent--) {
		if (must(shared) == 0)
			continue;
		if (strncmp(shared->error, "OOM ", 4) != 0)
			return failed(store, shared);
		shared->error[0] = '\0';
		store->refused++;
	}
	return 0;
}

/* The number behind name in the text of INFO; 0 if there is none. */
static uint64_t
info_number(const char *text, const char *name)
{
	const char *at = strstr(text, name);
	uint64_t number = 0;

	if (at != NULL) {
		at += strlen(name);
		num_parse_bytes(at, strspn(at, "0123456789"), 0, UINT64_MAX, &number);
	}
	return number;
}

static int
size(struct store *store, struct store_size *size)
{
	struct redis_store *shared = store->state;
	redisReply *reply;

	redisAppendCommand(shared->context, "DBSIZE");
	redisAppendCommand(shared->context, "INFO memory");
	reply = take(shared, REDIS_REPLY_INTEGER, REDIS_REPLY_INTEGER);
	if (reply == NULL)
		return failed(store, shared);
	size->entries = reply->integer < 0 ? 0 : (uint64_t)reply->integer;
	freeReplyObject(reply);
	reply = take(shared, REDIS_REPLY_STRING, REDIS_REPLY_STRING);
	if (reply == NULL)
		return failed(store, shared);
	size->bytes = info_number(reply->str, "\nused_memory:");
	size->limit = info_number(reply->str, "\nmaxmemory:");
	freeReplyObject(reply);
	return 0;
}

static void
close_server(struct store *store)
{
	struct redis_store *shared = store->state;

	redisFree(shared->context);
	address_free(&shared->address);
	free(shared);
}

const struct store_kind store_redis = { .open = open_server,
	.get = get,
	.rest = rest,
	.put = put,
	.size = size,
	.close = close_server };
#endif
