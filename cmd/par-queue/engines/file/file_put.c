/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "file_copy.h"
#include "file_put.h"
#include "file_queue.h"

enum { FORGOTTEN = 16 /* producers that are looked at when a new one comes */ };

/* Producers from here on that nobody need remember: a few each time. */
static int
forget_some(struct file_queue *queue, uint64_t from)
{
	struct file_item item;
	int error = 0;

	for (int i = 0; i < FORGOTTEN; i++) {
		struct file_producer other;

		error = item_find(queue, ITEM_PRODUCER, from, 0, &item);
		if (error == 0)
			error = value_read(&item.value, &other, sizeof(other));
		if (error != 0)
			break;
		if (other.until <= queue->depot->now)
			error = item_delete(queue, ITEM_PRODUCER, item.first, 0);
		if (error != 0 || item.first == UINT64_MAX)
			break;
		from = item.first + 1;
	}
	return error == MDB_NOTFOUND ? 0 : error;
}

static int
begin(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	struct engine_put *put = context;
	struct file_producer producer;
	int error = file_need(queue, engine->queue);

	if (error == 0)
		error = file_find_producer(queue, put->producer, &producer);
	if (error == 0 && producer.come == 0)
		error = forget_some(queue, file_producer_key(put->producer));
	if (error != 0)
		return error;
	put->come = producer.come;
	put->first = queue->meta.serial + 1;
	queue->meta.serial += put->numbers;
	return file_leave(queue);
}

/* A chunk comes in: now, or when its time has come. */
static int
add(struct file_queue *queue, const struct engine_put *put,
    const struct engine_piece *piece)
{
	uint64_t now = queue->depot->now, due = now + put->delay, id;
	const struct file_body body = { .number = piece->number,
		.records = piece->records,
		.expires = put->expires > 0 ? now + put->expires : 0 };
	int error = body_add(queue, &body, piece->data, piece->len, &id);

	if (due < put->at)
		due = put->at;
	if (error != 0)
		return error;
	queue->meta.accepted += (int64_t)piece->records;
	return due > now ? file_add_at(queue, id, piece->records, due)
			 : file_add(queue, id);
}

static int
put_piece(struct file_queue *queue, const struct engine_put *put,
    struct engine_piece *piece, struct file_producer *producer)
{
	int64_t open = file_open_records(&queue->meta);
	int error;

	piece->come = producer->come;
	piece->open = open < 0 ? 0 : (uint64_t)open;
	if (producer->come != piece->from) {
		piece->outcome = PIECE_ELSEWHERE;
		return 0;
	}
	if (put->limit > 0 && piece->open >= put->limit) {
		piece->outcome = PIECE_FULL;
		return file_await(queue, WATCH_ROOM);
	}
	error = add(queue, put, piece);
	piece->outcome = PIECE_TAKEN;
	piece->come = producer->come = piece->to;
	piece->open += piece->records;
	return error;
}

static int
put_pieces(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	struct engine_put *put = context;
	struct file_producer producer = { 0 };
	uint64_t before;
	int error = file_need(queue, engine->queue);

	if (error == 0)
		error = file_find_producer(queue, put->producer, &producer);
	before = producer.come;
	for (size_t i = 0; error == 0 && i < put->count; i++)
		error = put_piece(queue, put, &put->pieces[i], &producer);
	if (error == 0 && producer.come == before)
		return DEPOT_SAME;
	producer.until = queue->depot->now + put->keep;
	if (error == 0)
		error = file_keep_producer(queue, put->producer, &producer);
	return error == 0 ? file_leave(queue) : error;
}

/* A producer will not come again. */
static int
forget(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	const struct engine_put *put = context;
	int error = file_look(queue, engine->queue);

	if (error == 0)
		error = item_delete(
		    queue, ITEM_PRODUCER, file_producer_key(put->producer), 0);
	return error == MDB_NOTFOUND ? DEPOT_SAME : error;
}

enum engine_end
file_put(struct engine *engine, struct engine_put *put)
{
	if (put->copied != NULL)
		return file_put_copied(engine, put);
	if (put->numbers > 0)
		return file_step(engine, begin, put, DEPOT_LATER);
	if (put->last)
		return file_step(engine, forget, put, DEPOT_LATER);
	return file_step(engine, put_pieces, put, DEPOT_SYNC);
}
