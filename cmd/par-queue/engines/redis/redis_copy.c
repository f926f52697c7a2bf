/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "queue.h"
#include "redis_copy.h"

/* What stock.lua answers for each. */
enum {
	WHOLE_ID,
	WHOLE_NUMBER,
	WHOLE_RECORDS,
	WHOLE_ATTEMPTS,
	WHOLE_DUE,
	WHOLE_EXPIRES,
	WHOLE_DATA,
	WHOLE_WHY,
	WHOLE_LAST,
	WHOLE
};

enum { KEPT_WORDS = 256 << 10 /* memory of a call that is kept for the next, bytes */ };

static struct engine_text
text_of(const redisReply *reply)
{
	return (struct engine_text){ reply->str, reply->len };
}

static struct engine_whole
read_whole(redisReply *const *row)
{
	struct engine_whole whole = { .number = reply_number(row[WHOLE_NUMBER]),
		.records = reply_number(row[WHOLE_RECORDS]),
		.attempts = reply_number(row[WHOLE_ATTEMPTS]),
		.due = reply_number(row[WHOLE_DUE]),
		.expires = reply_number(row[WHOLE_EXPIRES]),
		.data = text_of(row[WHOLE_DATA]),
		.why = text_of(row[WHOLE_WHY]),
		.last = text_of(row[WHOLE_LAST]) };

	snprintf(whole.id, sizeof(whole.id), "%s", row[WHOLE_ID]->str);
	return whole;
}

/* Is it behind the one before, so that there is an end? */
static bool
is_later(enum engine_stock stock, const char *id, const char *last)
{
	if (*last == '\0' || stock == STOCK_PRODUCERS)
		return true;
	return stock == STOCK_DELAYED ? strcmp(id, last) != 0 : reply_later(id, last);
}

static enum engine_end
take_wholes(struct engine *engine, redisReply *const *rows, size_t count,
    struct engine_read *read)
{
	struct queue *queue = engine->state;
	const char *last = read->last;
	struct engine_whole *given =
	    queue_room(engine, &queue->given, count + 1, sizeof(*given));

	if (given == NULL)
		return ENGINE_BROKEN;
	for (size_t i = 0; i < count; i++) {
		given[i] = read_whole(rows + i * WHOLE);
		if (!is_later(read->stock, given[i].id, last))
			return wire_odd(&queue->wire, queue->calls->reply);
		last = given[i].id;
	}
	read->wholes = given;
	read->count = count;
	return ENGINE_OK;
}

static void
ask_stock(struct queue *queue, const struct engine_read *read, const char *last)
{
	struct call *call = queue->calls;

	queue_begin(queue, call, SCRIPT_STOCK, 0);
	call_text(call, engine_stocks[read->stock]);
	call_text(call, last);
	call_number(call, ENGINE_AT_ONCE);
	call_number(call, read->bytes);
}

/* Steps of SCAN, until one finds some; the last one leads back to the beginning. */
static enum engine_end
read_producers(struct engine *engine, struct engine_read *read)
{
	struct queue *queue = engine->state;
	const char *last = read->last;
	const redisReply *reply;
	char cursor[ENGINE_ID_SIZE];
	enum engine_end end;

	read->count = 0;
	if (strcmp(last, "0") == 0)
		return ENGINE_OK;
	snprintf(cursor, sizeof(cursor), "%s", last);
	do {
		ask_stock(queue, read, cursor);
		end = wire_ask(&queue->wire, queue->calls, "[#{#nnnnnbbb}]");
		if (end != ENGINE_OK)
			return end;
		reply = queue->calls->reply;
		if (strcmp(cursor, reply->element[0]->str) == 0)
			return wire_odd(&queue->wire, reply); /* it would not end */
		snprintf(cursor, sizeof(cursor), "%s", reply->element[0]->str);
	} while (reply->elements == 1 && strcmp(cursor, "0") != 0);
	return take_wholes(
	    engine, reply->element + 1, (reply->elements - 1) / WHOLE, read);
}

enum engine_end
redis_read_stock(struct engine *engine, struct engine_read *read)
{
	struct queue *queue = engine->state;
	enum engine_end end;

	if (read->stock == STOCK_PRODUCERS)
		return read_producers(engine, read);
	ask_stock(queue, read, read->last);
	end = wire_ask(&queue->wire, queue->calls, "[{tnnnnnbbb}]");
	if (end != ENGINE_OK)
		return end;
	return take_wholes(engine, queue->calls->reply->element,
	    queue->calls->reply->elements / WHOLE, read);
}

/* The key of the producer that a piece is. */
static void
add_known(const struct queue *queue, struct call *call, const struct engine_whole *whole)
{
	char name[ENGINE_NAME_MAX + 1];

	snprintf(name, sizeof(name), "%.*s", (int)whole->why.len, whole->why.data);
	queue_add_producer(queue, call, name);
}

static void
ask(const struct queue *queue, struct call *call, const struct engine_put *put,
    const struct engine_piece *piece)
{
	const struct engine_whole *whole = piece->whole;

	queue_begin(queue, call, SCRIPT_COPIED, 1);
	if (put->stock == STOCK_PRODUCERS)
		add_known(queue, call, whole);
	else
		queue_add_producer(queue, call, put->producer);
	call_text(call, put->copied);
	call_text(call, engine_stocks[put->stock]);
	call_number(call, piece->from);
	call_number(call, piece->to);
	call_number(call, put->keep);
	call_number(call, whole->due);
	call_bytes(call, whole->why.data, whole->why.len);
	call_bytes(call, whole->last.data, whole->last.len);
	call_number(call, whole->number);
	call_number(call, whole->records);
	call_number(call, whole->attempts);
	call_number(call, whole->expires);
	call_bytes(call, whole->data.data, whole->data.len);
}

static enum engine_end
hear(struct queue *queue, const redisReply *reply, struct engine_piece *piece)
{
	const char *what;

	piece->outcome = PIECE_NO_MEMORY;
	if (queue_lacks_memory(reply))
		return ENGINE_OK;
	if (!reply_fits(reply, "[tn]"))
		return wire_odd(&queue->wire, reply);
	what = reply->element[0]->str;
	if (strcmp(what, "other") == 0)
		return engine_uncopied(queue->wire.engine);
	piece->outcome = strcmp(what, "ok") == 0 ? PIECE_TAKEN : PIECE_ELSEWHERE;
	piece->come = reply_number(reply->element[1]);
	return ENGINE_OK;
}

enum engine_end
redis_put_copied(struct engine *engine, struct engine_put *put)
{
	struct queue *queue = engine->state;
	enum engine_end end;

	for (size_t i = 0; i < put->count; i++)
		ask(queue, &queue->calls[i], put, &put->pieces[i]);
	end = wire_send(&queue->wire, queue->calls, put->count);
	for (size_t i = 0; end == ENGINE_OK && i < put->count; i++)
		end = hear(queue, queue->calls[i].reply, &put->pieces[i]);
	for (size_t i = 0; i < put->count; i++) {
		call_forget(&queue->calls[i]);
		bytes_clear(&queue->calls[i].words, KEPT_WORDS);
	}
	return end;
}

static void
add_setting(struct call *call, const char *name, int64_t value)
{
	call_text(call, name);
	call_number(call, value < 0 ? 0 : (uint64_t)value);
}

/* What a new queue is set to, and has done. */
static void
add_settings(struct call *call, const struct engine_stat *as)
{
	const int64_t *number = as->number;

	add_setting(call, "serial", (int64_t)as->serial);
	add_setting(call, "done", number[NUMBER_DONE]);
	add_setting(call, "dropped", number[NUMBER_DROPPED]);
	add_setting(call, "late", number[NUMBER_LATE]);
	add_setting(call, "accepted", number[NUMBER_DONE] + number[NUMBER_DROPPED]);
	add_setting(call, "paused", number[NUMBER_PAUSED]);
	add_setting(call, "jobs", number[NUMBER_JOBS]);
	call_text(call, "rate");
	call_text(call, as->rate);
}

enum engine_end
redis_mark(struct engine *engine, struct engine_tell *tell)
{
	struct queue *queue = engine->state;
	struct call *call = queue->calls;
	enum engine_end end;

	queue_begin(queue, call, SCRIPT_MARK, 1);
	queue_add_key(call, queue->name, "reader");
	call_text(call, tell->value);
	call_text(call, tell->was == NULL ? "" : tell->was);
	call_number(call, tell->was == NULL);
	call_number(call, tell->lease);
	if (tell->was == NULL)
		add_settings(call, tell->as);
	end = wire_ask(&queue->wire, call, "[nnn]");
	if (end != ENGINE_OK)
		return end;
	tell->done = reply_number(call->reply->element[0]) != 0;
	tell->read = reply_number(call->reply->element[1]) != 0;
	tell->records = reply_number(call->reply->element[2]);
	return ENGINE_OK;
}
