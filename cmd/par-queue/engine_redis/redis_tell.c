/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "queue.h"
#include "redis_read.h"
#include "redis_tell.h"

enum { PAGE = 100, /* dead ones */ KEYS = 1000 /* that SCAN looks at */ };

enum engine_end
redis_tell(struct engine *engine, enum engine_told what, const char *value)
{
	static const char *const fields[] = {
		[TELL_PAUSED] = "paused",
		[TELL_JOBS] = "jobs",
		[TELL_RATE] = "rate",
		[TELL_DRAIN] = "drain",
	};
	struct queue *queue = engine->state;
	struct call *call = queue->calls;

	queue_begin(queue, call, SCRIPT_CONTROL, 0);
	call_text(call, fields[what]);
	call_text(call, what == TELL_DRAIN ? "now" : value);
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

enum engine_end
redis_revoke(struct engine *engine, char *const *numbers, uint64_t *records)
{
	struct queue *queue = engine->state;
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

/* The value of a field of an entry; an empty one if it has none. */
static struct engine_text
field_of(const redisReply *fields, const char *name)
{
	for (size_t i = 0; i + 1 < fields->elements; i += 2) {
		const redisReply *value = fields->element[i + 1];

		if (strcmp(fields->element[i]->str, name) == 0)
			return (struct engine_text){ value->str, value->len };
	}
	return (struct engine_text){ "", 0 };
}

static struct engine_grave
read_grave(const redisReply *entry)
{
	const redisReply *fields = entry->element[1];
	struct engine_grave grave = { .records = field_of(fields, "r"),
		.attempts = field_of(fields, "a"),
		.why = field_of(fields, "why"),
		.last = field_of(fields, "last"),
		.number = field_of(fields, "k") };

	snprintf(grave.id, sizeof(grave.id), "%s", entry->element[0]->str);
	return grave;
}

enum engine_end
redis_dead(struct engine *engine, const char *after, const struct engine_grave **graves,
    size_t *count)
{
	struct queue *queue = engine->state;
	char from[ENGINE_ID_SIZE + 1] = "-";
	const char *last = *after == '\0' ? engine->kind->start : after;
	struct call *page = &queue->page;
	struct engine_grave *given;
	enum engine_end end;

	if (*after != '\0')
		snprintf(from, sizeof(from), "(%s", after);
	call_begin(page, SCRIPT_NONE);
	call_text(page, "XRANGE");
	queue_add_key(page, queue->name, "dead");
	call_text(page, from);
	call_text(page, "+");
	call_text(page, "COUNT");
	call_number(page, PAGE);
	end = wire_ask(&queue->wire, page, "[{[t[{bb}]]}]");
	if (end != ENGINE_OK)
		return end;
	*count = page->reply->elements;
	*graves = given = queue_room(engine, &queue->graves, *count, sizeof(*given));
	if (given == NULL)
		return ENGINE_BROKEN;
	for (size_t i = 0; i < *count; i++) {
		given[i] = read_grave(page->reply->element[i]);
		if (!reply_later(given[i].id, last))
			return wire_odd(&queue->wire, page->reply); /* it would not end */
		last = given[i].id;
	}
	return ENGINE_OK;
}

enum engine_end
redis_undead(
    struct engine *engine, bool requeue, const struct engine_grave *graves, size_t count)
{
	struct queue *queue = engine->state;
	struct call *call = queue->calls;

	queue_begin(queue, call, SCRIPT_UNDEAD, 0);
	call_text(call, requeue ? "requeue" : "drop");
	for (size_t i = 0; i < count; i++)
		call_text(call, graves[i].id);
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

enum engine_end
redis_purge(struct engine *engine)
{
	struct queue *queue = engine->state;
	struct call *call = queue->calls;
	char cursor[ENGINE_ID_SIZE] = "0", pattern[QUEUE_KEY_MAX];
	struct engine_stat stat;
	enum engine_end end =
	    redis_stat(engine, &stat); /* leads to its node of a cluster */

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
