/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "num.h"
#include "queue.h"
#include "redis_read.h"

enum { HEAD = 3, /* what read.lua answers before the results */ WORKER_FIELDS = 4 };

/* The results of a reply: each comes after the one before it, and is of whole records. */
static enum engine_end
take_results(struct queue *queue, const redisReply *reply, struct engine_read *read)
{
	struct engine_result *results;
	const char *last = read->last;

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

enum engine_end
redis_read(struct engine *engine, struct engine_read *read)
{
	struct queue *queue = engine->state;
	struct call *call = queue->calls;
	const redisReply *reply;
	enum engine_end end;

	queue_begin(queue, call, SCRIPT_READ, 1);
	queue_add_key(call, queue->name, "reader");
	call_text(call, read->me);
	call_number(call, read->hold);
	call_text(call, read->safe);
	call_text(call, read->last);
	call_number(call, read->bytes);
	end = wire_ask(&queue->wire, call, "[tii{tb}]");
	if (end != ENGINE_OK)
		return end;
	reply = call->reply;
	read->busy = strcmp(reply->element[0]->str, "busy") == 0;
	read->open = reply_number(reply->element[1]);
	read->dead = reply_number(reply->element[2]);
	return take_results(queue, reply, read);
}

enum engine_end
redis_stat(struct engine *engine, struct engine_stat *stat)
{
	struct queue *queue = engine->state;
	struct call *call = queue->calls;
	enum engine_end end;

	queue_begin(queue, call, SCRIPT_STAT, 0);
	end = wire_ask(&queue->wire, call, STAT_SHAPE);
	if (end != ENGINE_OK)
		return end;
	for (size_t i = 0; i < NUMBER_COUNT; i++) /* in the order of stat.lua */
		stat->number[i] = call->reply->element[i]->integer;
	stat->rate = call->reply->element[NUMBER_COUNT]->str;
	return ENGINE_OK;
}

/* What beat.lua has written of a worker: numbers with TABs between, which others may. */
static struct engine_worker
read_worker(const char *name, const char *about, uint64_t now)
{
	uint64_t number[WORKER_FIELDS] = { now };

	for (size_t i = 0; i < WORKER_FIELDS; i++) {
		size_t len = strcspn(about, "\t");

		num_parse_bytes(about, len, 0, UINT64_MAX, &number[i]);
		about += len + (about[len] != '\0');
	}
	return (struct engine_worker){ .name = name,
		.seen = number[0],
		.in_flight = number[1],
		.committed = number[2],
		.late = number[3] };
}

enum engine_end
redis_workers(struct engine *engine, uint64_t *now, const struct engine_worker **workers,
    size_t *count)
{
	struct queue *queue = engine->state;
	struct call *time = &queue->calls[0], *call = &queue->calls[1];
	struct engine_worker *given;
	enum engine_end end;

	call_begin(time, SCRIPT_NONE);
	call_text(time, "TIME");
	call_begin(call, SCRIPT_NONE);
	call_text(call, "HGETALL");
	queue_add_key(call, queue->name, "workers");
	end = wire_ask(&queue->wire, time, "[nn]");
	if (end == ENGINE_OK)
		end = wire_ask(&queue->wire, call, "[{tb}]");
	if (end != ENGINE_OK)
		return end;
	*now = reply_number(time->reply->element[0]) * 1000 +
	    reply_number(time->reply->element[1]) / 1000;
	*count = call->reply->elements / 2;
	*workers = given = queue_room(engine, &queue->given, *count, sizeof(*given));
	if (given == NULL)
		return ENGINE_BROKEN;
	for (size_t i = 0; i < *count; i++)
		given[i] = read_worker(call->reply->element[2 * i]->str,
		    call->reply->element[2 * i + 1]->str, *now);
	return ENGINE_OK;
}
