/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "file_copy.h"
#include "file_queue.h"
#include "num.h"

/* Which items a stock is. */
static const enum item_kind kinds[STOCK_COUNT] = {
	[STOCK_PRODUCERS] = ITEM_PRODUCER,
	[STOCK_WAITING] = ITEM_WAITING,
	[STOCK_DELAYED] = ITEM_DELAYED,
	[STOCK_RESULTS] = ITEM_RESULTS,
	[STOCK_DEAD] = ITEM_DEAD,
};

/* A text of one that is read: its bytes are put behind the others. */
static int
keep(struct file_queue *queue, struct engine_text *text, const void *from, size_t len)
{
	text->len = len;
	return bytes_put(&queue->data, from, len) < 0 ? errno : 0;
}

static int
read_producer(
    struct file_queue *queue, const struct file_item *item, struct engine_whole *whole)
{
	struct file_producer producer;
	int error = value_read(&item->value, &producer, sizeof(producer));

	if (error != 0)
		return error;
	whole->number = producer.come;
	whole->due = producer.until;
	return keep(queue, &whole->why,
	    (const char *)item->value.mv_data + sizeof(producer),
	    item->value.mv_size - sizeof(producer));
}

static int
read_body(struct file_queue *queue, uint64_t id, struct engine_whole *whole)
{
	struct file_body body;
	const char *data;
	size_t len;
	int error = body_get(queue, id, &body, &data, &len);

	if (error != 0)
		return error;
	whole->number = body.number;
	whole->records = body.records;
	whole->attempts = body.attempts;
	whole->expires = body.expires;
	return keep(queue, &whole->data, data, len);
}

static int
read_grave(
    struct file_queue *queue, const struct file_item *item, struct engine_whole *whole)
{
	const char *words = (const char *)item->value.mv_data + sizeof(struct file_grave);
	struct file_grave grave;
	int error = value_read(&item->value, &grave, sizeof(grave));

	if (error == 0 &&
	    item->value.mv_size != sizeof(grave) + (size_t)grave.why + grave.last)
		error = MDB_CORRUPTED;
	if (error == 0)
		error = read_body(queue, grave.id, whole);
	if (error == 0)
		error = keep(queue, &whole->why, words, grave.why);
	return error == 0 ? keep(queue, &whole->last, words + grave.why, grave.last)
			  : error;
}

static int
read_item(struct file_queue *queue, enum engine_stock stock, const struct file_item *item)
{
	struct engine_whole whole = { 0 };
	uint64_t id = 0;
	int error = 0;

	snprintf(whole.id, sizeof(whole.id), "%" PRIu64 ":%" PRIu64, item->first,
	    item->second);
	if (stock == STOCK_PRODUCERS)
		error = read_producer(queue, item, &whole);
	else if (stock == STOCK_DEAD)
		error = read_grave(queue, item, &whole);
	else if (stock == STOCK_RESULTS)
		error = read_body(queue, item->first, &whole);
	else
		error = value_read(&item->value, &id, sizeof(id));
	if (error == 0 && (stock == STOCK_WAITING || stock == STOCK_DELAYED))
		error = read_body(queue, id, &whole);
	if (stock == STOCK_DELAYED)
		whole.due = item->first;
	if (error == 0 && bytes_put(&queue->given, &whole, sizeof(whole)) < 0)
		error = errno;
	return error;
}

/* The numbers of the first item behind that one; false: there can be none. */
static bool
step_on(enum engine_stock stock, uint64_t *first, uint64_t *second)
{
	if (stock != STOCK_DELAYED)
		return ++*first != 0;
	return ++*second != 0 || ++*first != 0;
}

/* Where to go on. */
static bool
begin_at(const struct engine_read *read, uint64_t *first, uint64_t *second)
{
	size_t len = strcspn(read->last, ":");

	*first = *second = 0;
	if (*read->last == '\0')
		return true;
	num_parse_bytes(read->last, len, 0, UINT64_MAX, first);
	num_parse(read->last + len + 1, 0, UINT64_MAX, second);
	return step_on(read->stock, first, second);
}

static int
run_stock(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	const struct engine_read *read = context;
	struct file_item item;
	uint64_t first, second;
	bool more = begin_at(read, &first, &second);
	int error = file_look(queue, engine->queue);

	queue->given.len = queue->data.len = 0;
	for (int i = 0; error == 0 && more && !queue->missing && i < ENGINE_AT_ONCE &&
	     queue->data.len < read->bytes;
	     i++) {
		error = item_find(queue, kinds[read->stock], first, second, &item);
		if (error != 0)
			break;
		first = item.first;
		second = item.second;
		error = read_item(queue, read->stock, &item);
		more = step_on(read->stock, &first, &second);
	}
	return error == 0 || error == MDB_NOTFOUND ? DEPOT_SAME : error;
}

enum engine_end
file_read_stock(struct engine *engine, struct engine_read *read)
{
	struct file_queue *queue = engine->state;
	enum engine_end end = file_step(engine, run_stock, read, DEPOT_LATER);
	struct engine_whole *wholes = (struct engine_whole *)(void *)queue->given.data;
	const char *at = queue->data.data;

	if (end != ENGINE_OK)
		return end;
	read->count = queue->given.len / sizeof(*wholes);
	read->wholes = wholes;
	for (size_t i = 0; i < read->count; i++) {
		struct engine_text *const texts[] = { &wholes[i].data, &wholes[i].why,
			&wholes[i].last };

		for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]); j++) {
			texts[j]->data = texts[j]->len == 0 ? "" : at;
			at += texts[j]->len;
		}
	}
	return ENGINE_OK;
}

static int
put_producer(struct file_queue *queue, const struct engine_whole *whole)
{
	const struct file_producer producer = { .come = whole->number,
		.until = whole->due };
	char name[ENGINE_NAME_MAX + 1];

	if (whole->why.len == 0 || whole->why.len >= sizeof(name))
		return 0;
	snprintf(name, sizeof(name), "%.*s", (int)whole->why.len, whole->why.data);
	return file_keep_producer(queue, name, &producer);
}

static int
put_whole(
    struct file_queue *queue, enum engine_stock stock, const struct engine_whole *whole)
{
	const struct file_body body = { .number = whole->number,
		.records = whole->records,
		.attempts = whole->attempts,
		.expires = whole->expires };
	const struct file_count count = { whole->records };
	struct file_meta *meta = &queue->meta;
	uint64_t id;
	int error;

	if (stock == STOCK_PRODUCERS)
		return put_producer(queue, whole);
	error = body_add(queue, &body, whole->data.data, whole->data.len, &id);
	if (error != 0)
		return error;
	if (stock == STOCK_RESULTS) {
		meta->results += (int64_t)whole->records;
		meta->chunks++;
		return item_put(queue, ITEM_RESULTS, id, 0, &count, sizeof(count));
	}
	meta->accepted += (int64_t)whole->records;
	if (stock == STOCK_DEAD)
		return file_bury_texts(
		    queue, id, whole->records, whole->why, whole->last);
	return stock == STOCK_DELAYED ? file_add_at(queue, id, whole->records, whole->due)
				      : file_add(queue, id);
}

static int
put_piece(struct file_queue *queue, const struct engine_put *put,
    struct engine_piece *piece, struct file_producer *producer)
{
	bool gated = put->stock != STOCK_PRODUCERS;

	piece->outcome = PIECE_TAKEN;
	if (gated && producer->come != piece->from)
		piece->outcome = PIECE_ELSEWHERE;
	else if (gated)
		producer->come = piece->to;
	piece->come = producer->come;
	return piece->outcome == PIECE_TAKEN ? put_whole(queue, put->stock, piece->whole)
					     : 0;
}

static int
run_put(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	struct engine_put *put = context;
	struct file_producer producer = { 0 };
	int error = file_look(queue, engine->queue);

	if (error == 0 && strcmp(queue->mark, put->copied) != 0) {
		engine_uncopied(engine);
		return DEPOT_TOLD;
	}
	if (error == 0)
		error = file_find_producer(queue, put->producer, &producer);
	for (size_t i = 0; error == 0 && i < put->count; i++)
		error = put_piece(queue, put, &put->pieces[i], &producer);
	producer.until = queue->depot->now + put->keep;
	if (error == 0)
		error = file_keep_producer(queue, put->producer, &producer);
	return error == 0 ? file_leave(queue) : error;
}

enum engine_end
file_put_copied(struct engine *engine, struct engine_put *put)
{
	return file_step(engine, run_put, put, DEPOT_SYNC);
}

/* Does the worker of that lease have it still? */
static bool
is_held(struct file_queue *queue, const struct file_lease *lease)
{
	uint64_t now = queue->depot->now;
	struct file_item item;

	return lease->until > now && lease->until <= now + lease->lease &&
	    item_get(queue, ITEM_WORKER, lease->process, &item) == 0 &&
	    watch_alive(&queue->watch, lease->process);
}

/* What workers had that are dead, or say nothing, waits again. */
static int
give_back(struct file_queue *queue)
{
	struct file_lease lease;
	struct file_body body;
	struct file_item item;
	const char *data;
	uint64_t from = 0;
	size_t len;
	int error;

	while ((error = item_find(queue, ITEM_RUNNING, from, 0, &item)) == 0) {
		uint64_t id = item.first;

		from = id + 1;
		error = value_read(&item.value, &lease, sizeof(lease));
		if (error == 0 && is_held(queue, &lease))
			continue;
		if (error == 0)
			error = body_get(queue, id, &body, &data, &len);
		if (error == 0)
			error = item_delete(queue, ITEM_RUNNING, id, 0);
		if (error == 0)
			error = file_add(queue, id);
		if (error != 0)
			return error;
		queue->meta.running -= (int64_t)body.records;
	}
	return error == MDB_NOTFOUND ? 0 : error;
}

/* Does somebody have something of the queue? */
static int
look_for_users(struct file_queue *queue, struct engine_tell *tell)
{
	int error = give_back(queue);
	uint64_t reader = queue->meta.reader;

	tell->read = reader != 0 && watch_alive(&queue->watch, reader);
	tell->records = queue->meta.running < 0 ? 0 : (uint64_t)queue->meta.running;
	return error;
}

/* A new queue, with what another one is set to, and has done. */
static int
make(struct file_queue *queue, const struct engine_stat *as)
{
	struct file_meta *meta = &queue->meta;
	int error = file_make(queue);

	meta->serial = as->serial;
	meta->done = as->number[NUMBER_DONE];
	meta->dropped = as->number[NUMBER_DROPPED];
	meta->late = as->number[NUMBER_LATE];
	meta->accepted = meta->done + meta->dropped;
	meta->paused = as->number[NUMBER_PAUSED] != 0;
	meta->jobs = as->number[NUMBER_JOBS] < 0 ? 0 : (uint64_t)as->number[NUMBER_JOBS];
	snprintf(meta->rate, sizeof(meta->rate), "%s", as->rate);
	return error;
}

static int
set_mark(struct file_queue *queue, const char *mark)
{
	depot_wake(queue->depot, queue->name, WATCH_ALL);
	if (*mark != '\0')
		return item_put(queue, ITEM_MARK, 0, 0, mark, strlen(mark) + 1);
	return item_delete(queue, ITEM_MARK, 0, 0);
}

static int
run_mark(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	struct engine_tell *tell = context;
	int error = file_look(queue, engine->queue);

	tell->done = tell->read = false;
	tell->records = 0;
	if (error != 0)
		return error;
	tell->done = !queue->missing && strcmp(queue->mark, tell->value) == 0;
	if (tell->done || queue->missing != (tell->was == NULL) ||
	    (tell->was != NULL && strcmp(queue->mark, tell->was) != 0))
		return DEPOT_SAME;
	if (queue->missing)
		error = make(queue, tell->as);
	else if (tell->lease > 0)
		error = look_for_users(queue, tell);
	tell->done = tell->records == 0 && !tell->read;
	if (error == 0 && tell->done)
		error = set_mark(queue, tell->value);
	return error == 0 ? file_leave(queue) : error;
}

enum engine_end
file_mark(struct engine *engine, struct engine_tell *tell)
{
	return file_step(engine, run_mark, tell, DEPOT_SYNC);
}
