/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "num.h"
#include "queue.h"
#include "redis_check.h"
#include "redis_copy.h"
#include "redis_read.h"

enum {
	HEAD = 4, /* what read.lua answers before the results */
	WORKER_FIELDS = 4,
	PAGE = 100 /* dead ones */
};

/* The results of a reply: each comes after the one before it, and is of whole records. */
static enum engine_end
take_results(struct queue *queue, const redisReply *reply, struct engine_read *read)
{
	struct engine_result *results;
	const char *last = reply->element[3]->str;

	read->again = reply_later(read->last, last);
	read->count = (reply->elements - HEAD) / 2;
	read->results = results =
	    queue_room(queue->wire.engine, &queue->given, read->count, sizeof(*results));
	if (results == NULL)
		return ENGINE_BROKEN;
	for (size_t i = 0; i < read->count; i++) {
		redisReply *const *pair = reply->element + HEAD + 2 * i;
		const redisReply *records = pair[1];

		if (!reply_later(pair[0]->str, last) || records->len == 0 ||
		    records->str[records->len - 1] != '\n')
			return wire_odd(&queue->wire, reply);
		last = pair[0]->str;
		results[i] = (struct engine_result){
			.id = last, .data = records->str, .len = records->len
		};
	}
	return ENGINE_OK;
}

static enum engine_end
results(struct engine *engine, struct engine_read *read)
{
	struct queue *queue = engine->state;
	struct call *call = queue->calls;
	const redisReply *reply;
	enum engine_end end;

	queue_begin(queue, call, SCRIPT_READ, 1);
	queue_add_key(call, queue->name, "reader");
	call_text(call, read->me);
	call_number(call, read->stay);
	call_text(call, read->safe);
	call_text(call, read->last);
	call_number(call, read->bytes);
	end = wire_ask(&queue->wire, call, "[tiit{tb}]");
	if (end != ENGINE_OK)
		return end;
	reply = call->reply;
	read->busy = strcmp(reply->element[0]->str, "busy") == 0;
	read->open = reply_number(reply->element[1]);
	read->dead = reply_number(reply->element[2]);
	return take_results(queue, reply, read);
}

enum engine_end
redis_numbers(struct engine *engine, struct engine_stat *stat)
{
	struct queue *queue = engine->state;
	struct call *call = queue->calls;
	const redisReply *mark;
	enum engine_end end;

	queue_begin(queue, call, SCRIPT_STAT, 0);
	end = wire_ask(&queue->wire, call, STAT_SHAPE);
	if (end != ENGINE_OK)
		return end;
	for (size_t i = 0; i < NUMBER_COUNT; i++) /* in the order of stat.lua */
		stat->number[i] = call->reply->element[i]->integer;
	stat->rate = call->reply->element[NUMBER_COUNT]->str;
	stat->missing = call->reply->element[NUMBER_COUNT + 1]->integer == 0;
	stat->serial = reply_number(call->reply->element[NUMBER_COUNT + 2]);
	mark = call->reply->element[NUMBER_COUNT + 3];
	if (!engine_mark_ok(mark->str, mark->len))
		return wire_odd(&queue->wire, call->reply);
	stat->mark = mark->str;
	return ENGINE_OK;
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

/* A page of dead ones, in their order. */
static enum engine_end
dead(struct engine *engine, struct engine_read *read)
{
	struct queue *queue = engine->state;
	char from[ENGINE_ID_SIZE + 1] = "-";
	const char *after = read->last;
	const char *last = *after == '\0' ? engine->kind->start : after;
	struct call *page = &queue->page;
	struct engine_grave *given;
	struct engine_stat stat;
	enum engine_end end = ENGINE_OK;

	if (*after != '\0')
		snprintf(from, sizeof(from), "(%s", after);
	else
		end = redis_numbers(engine, &stat); /* is it one that we can read? */
	if (end != ENGINE_OK)
		return end;
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
	read->count = page->reply->elements;
	read->graves = given =
	    queue_room(engine, &queue->graves, read->count, sizeof(*given));
	if (given == NULL)
		return ENGINE_BROKEN;
	for (size_t i = 0; i < read->count; i++) {
		given[i] = read_grave(page->reply->element[i]);
		if (!reply_later(given[i].id, last))
			return wire_odd(&queue->wire, page->reply); /* it would not end */
		last = given[i].id;
	}
	return ENGINE_OK;
}

enum engine_end
redis_read(struct engine *engine, struct engine_read *read)
{
	switch (read->what) {
	case READ_RESULTS:
		return results(engine, read);
	case READ_DEAD:
		return dead(engine, read);
	case READ_STOCK:
		return redis_read_stock(engine, read);
	}
	return ENGINE_OK;
}

/*
 * A row of workers.lua; what beat.lua and commit.lua write are numbers with TABs between,
 * and others may write there, too.
 */
static struct engine_worker
read_worker(redisReply *const *row, uint64_t now)
{
	uint64_t number[WORKER_FIELDS] = { now };
	const char *about = row[1]->str;

	for (size_t i = 0; i < WORKER_FIELDS; i++) {
		size_t len = strcspn(about, "\t");

		num_parse_bytes(about, len, 0, UINT64_MAX, &number[i]);
		about += len + (about[len] != '\0');
	}
	return (struct engine_worker){ .name = row[0]->str,
		.seen = number[0],
		.running = reply_number(row[2]),
		.committed = number[2],
		.late = number[3] };
}

static enum engine_end
workers(struct engine *engine, struct engine_stat *stat)
{
	struct queue *queue = engine->state;
	struct call *call = queue->calls;
	struct engine_worker *given;
	redisReply *const *rows;
	enum engine_end end =
	    redis_numbers(engine, stat); /* is it one that we can read? */

	if (end != ENGINE_OK)
		return end;
	queue_begin(queue, call, SCRIPT_WORKERS, 0);
	end = wire_ask(&queue->wire, call, "[n{tbn}]");
	if (end != ENGINE_OK)
		return end;
	stat->now = reply_number(call->reply->element[0]);
	stat->count = (call->reply->elements - 1) / 3;
	rows = call->reply->element + 1;
	stat->workers = given =
	    queue_room(engine, &queue->given, stat->count, sizeof(*given));
	if (given == NULL)
		return ENGINE_BROKEN;
	for (size_t i = 0; i < stat->count; i++)
		given[i] = read_worker(rows + 3 * i, stat->now);
	return ENGINE_OK;
}

enum engine_end
redis_stat(struct engine *engine, struct engine_stat *stat)
{
	switch (stat->what) {
	case STAT_NUMBERS:
		return redis_numbers(engine, stat);
	case STAT_WORKERS:
		return workers(engine, stat);
	case STAT_READY:
		return redis_ready(engine);
	case STAT_CHECK:
		return redis_check(engine, &stat->good);
	}
	return ENGINE_OK;
}
