/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "queue.h"
#include "redis_copy.h"
#include "redis_read.h"
#include "redis_tell.h"

enum { KEYS = 1000 /* that SCAN looks at */ };

static enum engine_end
control(struct queue *queue, const struct engine_tell *tell)
{
	static const char *const fields[] = {
		[TELL_PAUSED] = "paused",
		[TELL_JOBS] = "jobs",
		[TELL_RATE] = "rate",
		[TELL_DRAIN] = "drain",
	};
	struct call *call = queue->calls;

	queue_begin(queue, call, SCRIPT_CONTROL, 0);
	call_text(call, fields[tell->what]);
	call_text(call, tell->what == TELL_DRAIN ? "now" : tell->value);
	return wire_ask(&queue->wire, call, "n");
}

/*
 * Where the server is to go on: cursor becomes what it says.  It begins and ends with
 * "0"; the same again would not end.
 */
static enum engine_end
go_on(const struct queue *queue, const redisReply *reply,
    char cursor[static ENGINE_ID_SIZE])
{
	const char *next = reply->element[0]->str;

	if (strcmp(next, cursor) == 0 && strcmp(cursor, "0") != 0)
		return wire_odd(&queue->wire, reply);
	snprintf(cursor, ENGINE_ID_SIZE, "%s", next);
	return ENGINE_OK;
}

/* Go through one stage of revoke.lua; how many records were revoked is added. */
static enum engine_end
revoke_some(struct queue *queue, char *const *numbers, const char *stage,
    const char *from, uint64_t *records)
{
	struct call *call = queue->calls;
	char cursor[ENGINE_ID_SIZE];
	enum engine_end end;

	snprintf(cursor, sizeof(cursor), "%s", from);
	do {
		queue_begin(queue, call, SCRIPT_REVOKE, 0);
		call_text(call, stage);
		call_text(call, cursor);
		for (char *const *number = numbers; *number != NULL; number++)
			call_text(call, *number);
		end = wire_ask(&queue->wire, call, "[tn]");
		if (end == ENGINE_OK)
			end = go_on(queue, call->reply, cursor);
		if (end != ENGINE_OK)
			return end;
		*records += reply_number(call->reply->element[1]);
	} while (strcmp(cursor, "0") != 0);
	return ENGINE_OK;
}

static enum engine_end
revoke_all(struct queue *queue, char *const *numbers, uint64_t *records)
{
	enum engine_end end;
	uint64_t before;

	*records = 0;
	/* Records may move from one to the other meanwhile: until none is found. */
	do {
		before = *records;
		end = revoke_some(queue, numbers, "delayed", "0", records);
		if (end == ENGINE_OK)
			end = revoke_some(queue, numbers, "entered", "-", records);
	} while (end == ENGINE_OK && *records > before);
	return end;
}

static enum engine_end
undead(struct queue *queue, const struct engine_tell *tell)
{
	struct call *call = queue->calls;

	queue_begin(queue, call, SCRIPT_UNDEAD, 0);
	call_text(call, tell->what == TELL_REQUEUE ? "requeue" : "drop");
	for (size_t i = 0; i < tell->count; i++)
		call_text(call, tell->graves[i].id);
	return wire_ask(&queue->wire, call, "n");
}

/* Delete the keys of a page of SCAN. */
static enum engine_end
delete_keys(struct queue *queue, const redisReply *keys)
{
	struct call *call = &queue->calls[1];
	char ours[QUEUE_KEY_MAX];

	if (keys->elements == 0)
		return ENGINE_OK;
	queue_key(queue->name, "", ours);
	for (size_t i = 0; i < keys->elements; i++)
		if (strncmp(keys->element[i]->str, ours, strlen(ours)) != 0)
			return wire_odd(&queue->wire, keys);
	call_begin(call, SCRIPT_NONE);
	call_text(call, "UNLINK");
	for (size_t i = 0; i < keys->elements; i++)
		call_bytes(call, keys->element[i]->str, keys->element[i]->len);
	return wire_ask(&queue->wire, call, "n");
}

static enum engine_end
purge(struct engine *engine)
{
	struct queue *queue = engine->state;
	struct call *call = queue->calls;
	char cursor[ENGINE_ID_SIZE] = "0", pattern[QUEUE_KEY_MAX];
	struct engine_stat stat;
	enum engine_end end =
	    redis_numbers(engine, &stat); /* leads to its node of a cluster */

	queue_key(queue->name, "*", pattern);
	while (end == ENGINE_OK) {
		call_begin(call, SCRIPT_NONE);
		call_text(call, "SCAN");
		call_text(call, cursor);
		call_text(call, "MATCH");
		call_text(call, pattern);
		call_text(call, "COUNT");
		call_number(call, KEYS);
		end = wire_ask(&queue->wire, call, "[#[{b}]]");
		if (end == ENGINE_OK)
			end = go_on(queue, call->reply, cursor);
		if (end == ENGINE_OK)
			end = delete_keys(queue, call->reply->element[1]);
		if (strcmp(cursor, "0") == 0)
			break;
	}
	return end;
}

enum engine_end
redis_tell(struct engine *engine, struct engine_tell *tell)
{
	switch (tell->what) {
	case TELL_PAUSED:
	case TELL_JOBS:
	case TELL_RATE:
	case TELL_DRAIN:
		return control(engine->state, tell);
	case TELL_REVOKE:
		return revoke_all(engine->state, tell->numbers, &tell->records);
	case TELL_REQUEUE:
	case TELL_DROP:
		return undead(engine->state, tell);
	case TELL_PURGE:
		return purge(engine);
	case TELL_MARK:
		return redis_mark(engine, tell);
	}
	return ENGINE_OK;
}
