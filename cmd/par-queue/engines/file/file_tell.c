/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file_copy.h"
#include "file_queue.h"
#include "file_tell.h"
#include "num.h"

enum { DELETED = 4000 /* items in a step */ };

static uint64_t
number_of(const char *text)
{
	uint64_t number = 0;

	num_parse(text, 0, UINT64_MAX, &number);
	return number;
}

/* A limit of records a second: a new one begins with one of them. */
static void
set_rate(struct file_queue *queue, const char *rate)
{
	struct file_meta *meta = &queue->meta;

	if (!(strtod(meta->rate, NULL) > 0)) {
		meta->tokens = 1;
		meta->filled = queue->depot->now;
	}
	snprintf(meta->rate, sizeof(meta->rate), "%s", rate);
}

static int
run_control(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	const struct engine_tell *tell = context;
	struct file_meta *meta = &queue->meta;
	int error = file_need(queue, engine->queue);

	if (error != 0)
		return error;
	if (tell->what == TELL_PAUSED)
		meta->paused = number_of(tell->value);
	else if (tell->what == TELL_JOBS)
		meta->jobs = number_of(tell->value);
	else if (tell->what == TELL_DRAIN)
		meta->drain = queue->depot->now;
	else
		set_rate(queue, tell->value);
	depot_wake(queue->depot, queue->name, WATCH_WORK);
	return file_leave(queue);
}

/* Is it one of these? */
static bool
is_wanted(char *const *numbers, uint64_t number)
{
	for (; *numbers != NULL; numbers++) {
		uint64_t one;

		if (num_parse(*numbers, 0, UINT64_MAX, &one) == 0 && one == number)
			return true;
	}
	return false;
}

/* Bury those of one kind. */
static int
revoke_some(struct file_queue *queue, struct engine_tell *tell, enum item_kind kind)
{
	uint64_t first = 0, second = 0, id = 0;
	struct file_item item;
	int error;

	while ((error = item_find(queue, kind, first, second, &item)) == 0) {
		struct file_body body;
		const char *data;
		size_t len;

		first = item.first + (kind != ITEM_DELAYED);
		second = item.second + 1;
		if (kind == ITEM_RUNNING)
			id = item.first;
		else
			error = value_read(&item.value, &id, sizeof(id));
		if (error == 0)
			error = body_get(queue, id, &body, &data, &len);
		if (error == 0 && !is_wanted(tell->numbers, body.number))
			continue;
		if (error == 0)
			error = item_delete(queue, kind, item.first, item.second);
		if (error == 0)
			error = file_bury(queue, id, body.records, "revoked", "", 0);
		if (error != 0)
			return error;
		queue->meta.running -= kind == ITEM_RUNNING ? (int64_t)body.records : 0;
		queue->meta.delayed -= kind == ITEM_DELAYED ? (int64_t)body.records : 0;
		tell->records += body.records;
	}
	return error == MDB_NOTFOUND ? 0 : error;
}

static int
run_revoke(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	struct engine_tell *tell = context;
	int error = file_enter(queue, engine->queue);

	tell->records = 0;
	if (error == 0 && !queue->missing)
		error = revoke_some(queue, tell, ITEM_DELAYED);
	if (error == 0 && !queue->missing)
		error = revoke_some(queue, tell, ITEM_WAITING);
	if (error == 0 && !queue->missing)
		error = revoke_some(queue, tell, ITEM_RUNNING);
	if (error == 0 && tell->records == 0)
		return DEPOT_SAME;
	depot_wake(queue->depot, queue->name, WATCH_RESULTS);
	return error == 0 ? file_leave(queue) : error;
}

/* The chunk waits anew, as if it had never been tried. */
static int
requeue(struct file_queue *queue, uint64_t id, const struct file_body *body,
    const char *data, size_t len)
{
	struct file_body new = { .number = body->number, .records = body->records };
	char *copy = malloc(len + 1); /* what is put moves what was there */
	uint64_t place;
	int error = copy == NULL ? ENOMEM : 0;

	if (copy != NULL && len > 0)
		memcpy(copy, data, len);
	if (error == 0)
		error = body_delete(queue, id);
	if (error == 0)
		error = body_add(queue, &new, copy, len, &place);
	free(copy);
	return error == 0 ? file_add(queue, place) : error;
}

static int
undead_one(struct file_queue *queue, const struct engine_tell *tell, uint64_t place)
{
	struct file_grave grave;
	struct file_body body;
	const char *data;
	struct file_item item;
	size_t len;
	int error = item_get(queue, ITEM_DEAD, place, &item);

	if (error == MDB_NOTFOUND) /* another one was faster */
		return 0;
	if (error == 0)
		error = value_read(&item.value, &grave, sizeof(grave));
	if (error == 0)
		error = body_get(queue, grave.id, &body, &data, &len);
	if (error != 0)
		return error;
	/* What has no record cannot come back: it stays. */
	if (tell->what == TELL_REQUEUE && (len == 0 || data[len - 1] != '\n'))
		return 0;
	error = item_delete(queue, ITEM_DEAD, place, 0);
	if (error != 0)
		return error;
	queue->meta.dead -= (int64_t)body.records;
	if (tell->what == TELL_REQUEUE)
		return requeue(queue, grave.id, &body, data, len);
	queue->meta.dropped += (int64_t)body.records;
	return body_delete(queue, grave.id);
}

static int
run_undead(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	const struct engine_tell *tell = context;
	int error = file_enter(queue, engine->queue);

	for (size_t i = 0; error == 0 && !queue->missing && i < tell->count; i++)
		error = undead_one(queue, tell, number_of(tell->graves[i].id));
	if (error != 0)
		return error;
	return queue->missing ? DEPOT_SAME : file_leave(queue);
}

/* Delete some of what a table has of the queue; *left of them may be deleted yet. */
static int
delete_some(struct file_queue *queue, MDB_dbi table, int *left)
{
	unsigned char id[8];
	MDB_cursor *cursor;
	int error = mdb_cursor_open(queue->depot->txn, table, &cursor);

	if (error != 0)
		return error;
	for (int i = 0; i < 8; i++)
		id[i] = (unsigned char)(queue->meta.id >> (56 - 8 * i));
	while (error == 0 && *left > 0) {
		MDB_val key = { .mv_data = id, .mv_size = sizeof(id) }, value;

		error = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
		if (error != 0 || memcmp(key.mv_data, id, sizeof(id)) != 0)
			break;
		error = mdb_cursor_del(cursor, 0);
		--*left;
	}
	mdb_cursor_close(cursor);
	return error == MDB_NOTFOUND ? 0 : error;
}

/* The queue is there no more; what it had is to be deleted. */
static int
run_gone(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	int error = file_look(queue, engine->queue);

	(void)context;
	if (error != 0 || queue->missing)
		return error != 0 ? error : DEPOT_SAME;
	depot_wake(queue->depot, queue->name, WATCH_ALL);
	return file_remove(queue);
}

/* Delete some of what queues had that are there no more; *context: is there more? */
static int
run_purge(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	int left = DELETED;
	bool *more = context;
	int error = file_gone(queue);

	*more = error == 0;
	if (error == 0)
		error = delete_some(queue, queue->depot->items, &left);
	if (error == 0)
		error = delete_some(queue, queue->depot->bodies, &left);
	if (error == 0 && left > 0)
		error = file_forget_gone(queue);
	return error == MDB_NOTFOUND ? DEPOT_SAME : error;
}

static enum engine_end
purge(struct engine *engine)
{
	enum engine_end end = file_step(engine, run_gone, NULL, DEPOT_SYNC);
	bool more = true;

	while (end == ENGINE_OK && more)
		end = file_step(engine, run_purge, &more, DEPOT_LATER);
	return end;
}

enum engine_end
file_tell(struct engine *engine, struct engine_tell *tell)
{
	switch (tell->what) {
	case TELL_PAUSED:
	case TELL_JOBS:
	case TELL_RATE:
	case TELL_DRAIN:
		return file_step(engine, run_control, tell, DEPOT_SYNC);
	case TELL_REVOKE:
		return file_step(engine, run_revoke, tell, DEPOT_SYNC);
	case TELL_REQUEUE:
	case TELL_DROP:
		return file_step(engine, run_undead, tell, DEPOT_SYNC);
	case TELL_PURGE:
		return purge(engine);
	case TELL_MARK:
		return file_mark(engine, tell);
	}
	return ENGINE_OK;
}
