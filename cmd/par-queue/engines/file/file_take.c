/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file_queue.h"
#include "file_take.h"

enum { SHOWN = 1024, /* bytes of the record of a burial */ SOME = 64 /* at a time */ };

/* A take on its way. */
struct taking {
	struct file_queue *queue;
	struct engine_take *take;
	uint64_t process;
	uint64_t records; /* that may be given still, */
	int64_t bytes; /* and these */
	bool left; /* a suspect that lapsed waits for the next take */
	bool changed;
	uint64_t due; /* when there may be more by itself, ms since 1970 */
};

/* Bytes for the caller: where they are in queue->data, which may still move. */
static int
keep(struct file_queue *queue, const char *data, size_t len, size_t *at)
{
	*at = queue->data.len;
	return bytes_put(&queue->data, data, len) < 0 ? errno : 0;
}

/* Where something is at last; for now it is only so far from the beginning. */
static const char *
offset(size_t at)
{
	return (const char *)(uintptr_t)at; // NOLINT(performance-no-int-to-ptr)
}

static const char *
place(const struct file_queue *queue, const char *at)
{
	return queue->data.data + (uintptr_t)at;
}

static int
give(struct taking *taking, uint64_t id, uint64_t tries, const struct file_body *body,
    const char *data, size_t len, bool alone)
{
	struct file_queue *queue = taking->queue;
	struct engine_chunk chunk = { .records = body->records,
		.attempts = body->attempts,
		.alone = alone,
		.len = len };
	const struct file_lease lease = { .process = taking->process,
		.until = queue->depot->now + taking->take->lease,
		.lease = taking->take->lease,
		.tries = tries };
	size_t at;
	int error = keep(queue, data, len, &at);

	if (error == 0)
		error = item_put(queue, ITEM_RUNNING, id, 0, &lease, sizeof(lease));
	if (error != 0)
		return error;
	chunk.data = offset(at);
	snprintf(chunk.claim.id, sizeof(chunk.claim.id), "%" PRIu64, id);
	snprintf(
	    chunk.claim.number, sizeof(chunk.claim.number), "%" PRIu64, body->number);
	if (bytes_put(&queue->given, &chunk, sizeof(chunk)) < 0)
		return errno;
	if (lease.until < queue->meta.lapse)
		queue->meta.lapse = lease.until;
	taking->changed = true;
	taking->records -=
	    body->records < taking->records ? body->records : taking->records;
	taking->bytes -= (int64_t)len;
	queue->meta.tokens -= (double)body->records;
	return 0;
}

/* A chunk that is in no place is dead, and the caller hears of it. */
static int
bury(struct taking *taking, uint64_t id, const struct file_body *body, const char *data,
    size_t len, const char *why)
{
	struct file_queue *queue = taking->queue;
	const char *end = len == 0 ? NULL : memchr(data, '\n', len);
	size_t first = end == NULL ? len : (size_t)(end - data), at, reason;
	struct engine_burial burial = { .records = body->records };
	int error;

	first = first < SHOWN ? first : SHOWN;
	taking->changed = true;
	depot_wake(queue->depot, queue->name, WATCH_RESULTS);
	error = keep(queue, data, first, &at);
	if (error == 0)
		error = keep(queue, why, strlen(why), &reason);
	if (error == 0)
		error = file_bury(queue, id, body->records, why, "", 0);
	if (error != 0)
		return error;
	burial.record = (struct engine_text){ offset(at), first };
	burial.why = (struct engine_text){ offset(reason), strlen(why) };
	return bytes_put(&queue->buried, &burial, sizeof(burial)) < 0 ? errno : 0;
}

static bool
has_expired(const struct taking *taking, const struct file_body *body)
{
	return body->expires != 0 && body->expires <= taking->queue->depot->now;
}

/* It runs no longer. */
static int
unlease(struct taking *taking, uint64_t id, const struct file_body *body)
{
	taking->queue->meta.running -= (int64_t)body->records;
	taking->changed = true;
	return item_delete(taking->queue, ITEM_RUNNING, id, 0);
}

/* Each record a chunk of its own, so that one that kills workers is alone. */
static int
split(struct taking *taking, uint64_t id, const struct file_body *body, const char *data,
    size_t len)
{
	struct file_queue *queue = taking->queue;
	struct file_body one = *body;
	char *copy = malloc(len); /* what is put moves what was there */
	const char *at, *end;
	int error;

	if (copy == NULL)
		return ENOMEM;
	memcpy(copy, data, len);
	at = copy;
	end = copy + len;
	error = unlease(taking, id, body);
	one.records = 1;
	while (error == 0 && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t part =
		    newline == NULL ? (size_t)(end - at) : (size_t)(newline - at) + 1;
		uint64_t new;

		error = body_add(queue, &one, at, part, &new);
		if (error == 0)
			error = file_add(queue, new);
		at += part;
	}
	free(copy);
	return error == 0 ? body_delete(queue, id) : error;
}

/* One that two workers died with: in parts, given up, or given alone. */
static int
retry_suspect(struct taking *taking, uint64_t id, uint64_t tries,
    const struct file_body *body, const char *data, size_t len)
{
	char why[80];
	int error;

	if (body->records > 1)
		return split(taking, id, body, data, len);
	if (tries >= taking->take->deaths) {
		snprintf(
		    why, sizeof(why), "%" PRIu64 " workers died with it, or hung", tries);
		error = unlease(taking, id, body);
		return error == 0 ? bury(taking, id, body, data, len, why) : error;
	}
	if (taking->queue->given.len > 0) {
		taking->left = true;
		return 0;
	}
	error = give(taking, id, tries + 1, body, data, len, true);
	taking->records = 0;
	return error;
}

/* A chunk whose worker is dead, or says nothing. */
static int
reclaim_one(struct taking *taking, uint64_t id, const struct file_lease *lease)
{
	struct file_body body;
	const char *data;
	size_t len;
	int error = body_get(taking->queue, id, &body, &data, &len);

	if (error != 0)
		return error;
	if (has_expired(taking, &body)) {
		error = unlease(taking, id, &body);
		return error == 0 ? bury(taking, id, &body, data, len, "expired") : error;
	}
	if (lease->tries > 1)
		return retry_suspect(taking, id, lease->tries, &body, data, len);
	return give(taking, id, lease->tries + 1, &body, data, len, false);
}

/* Does the worker of that lease live, as far as can be told? */
static bool
lives(struct taking *taking, uint64_t process)
{
	struct file_item item;

	if (process == taking->process)
		return true;
	return item_get(taking->queue, ITEM_WORKER, process, &item) == 0 &&
	    watch_alive(&taking->queue->watch, process);
}

/*
 * Chunks that lapsed.  *all: every one was looked at, and none is left that is a dead
 * worker's; queue->meta.lapse is set then.
 */
static int
reclaim(struct taking *taking, bool *all)
{
	struct file_queue *queue = taking->queue;
	uint64_t now = queue->depot->now, lapse = UINT64_MAX, from = 0;
	struct file_lease lease;
	struct file_item item;
	int error;

	*all = true;
	while ((error = item_find(queue, ITEM_RUNNING, from, 0, &item)) == 0) {
		bool ours;

		from = item.first + 1;
		error = value_read(&item.value, &lease, sizeof(lease));
		if (error != 0)
			return error;
		ours = lease.until > now && lease.until <= now + lease.lease &&
		    lives(taking, lease.process);
		if (ours && lease.until < lapse)
			lapse = lease.until;
		if (ours)
			continue;
		if (taking->records == 0 || taking->bytes <= 0) {
			*all = false;
			return 0;
		}
		error = reclaim_one(taking, item.first, &lease);
		if (error != 0)
			return error;
	}
	if (queue->given.len > 0 && now + taking->take->lease < lapse)
		lapse = now + taking->take->lease;
	queue->meta.lapse = taking->left ? now : lapse;
	*all = !taking->left;
	return error == MDB_NOTFOUND ? 0 : error;
}

/* Workers that are dead: are there any?  With away, they are forgotten. */
static int
find_dead(struct taking *taking, bool away, bool *dead)
{
	struct file_queue *queue = taking->queue;
	uint64_t from = 0;
	struct file_item item;
	int error;

	*dead = false;
	while ((error = item_find(queue, ITEM_WORKER, from, 0, &item)) == 0) {
		uint64_t process = item.first;

		from = process + 1;
		if (process != taking->process && !lives(taking, process)) {
			*dead = true;
			if (away) {
				watch_bury(queue->depot->folder, process);
				taking->changed = true;
				error = item_delete(queue, ITEM_WORKER, process, 0);
			}
		}
		if (error != 0 || from == 0)
			return error;
	}
	return error == MDB_NOTFOUND ? 0 : error;
}

static int
take_lapsed(struct taking *taking)
{
	struct file_queue *queue = taking->queue;
	bool dead, all = false;
	int error = find_dead(taking, false, &dead);

	if (error != 0 || (!dead && queue->depot->now < queue->meta.lapse))
		return error;
	error = reclaim(taking, &all);
	if (error == 0 && dead && all)
		error = find_dead(taking, true, &dead);
	return error;
}

/* Delayed ones whose time has come wait. */
static int
promote(struct taking *taking)
{
	struct file_queue *queue = taking->queue;
	struct file_item item;
	int error = 0;

	for (int i = 0; i < SOME; i++) {
		struct file_body body;
		const char *data;
		uint64_t id = 0;
		size_t len;

		error = item_find(queue, ITEM_DELAYED, 0, 0, &item);
		if (error != 0)
			break;
		if (item.first > queue->depot->now) {
			taking->due = item.first < taking->due ? item.first : taking->due;
			break;
		}
		error = value_read(&item.value, &id, sizeof(id));
		if (error == 0)
			error = body_get(queue, id, &body, &data, &len);
		if (error == 0)
			error = item_delete(queue, ITEM_DELAYED, item.first, item.second);
		if (error == 0)
			error = file_add(queue, id);
		if (error != 0)
			return error;
		queue->meta.delayed -= (int64_t)body.records;
		taking->changed = true;
	}
	return error == MDB_NOTFOUND ? 0 : error;
}

/* The next one that waits; MDB_NOTFOUND if there is none. */
static int
next_chunk(struct taking *taking)
{
	struct file_queue *queue = taking->queue;
	struct file_body body;
	const char *data;
	struct file_item item;
	uint64_t id = 0;
	size_t len;
	int error = item_find(queue, ITEM_WAITING, 0, 0, &item);

	if (error == 0)
		error = value_read(&item.value, &id, sizeof(id));
	if (error == 0)
		error = item_delete(queue, ITEM_WAITING, item.first, 0);
	if (error == 0)
		error = body_get(queue, id, &body, &data, &len);
	if (error != 0)
		return error;
	taking->changed = true;
	if (has_expired(taking, &body))
		return bury(taking, id, &body, data, len, "expired");
	queue->meta.running += (int64_t)body.records;
	return give(taking, id, 1, &body, data, len, false);
}

/*
 * The limit of records a second: a bucket that begins with one, holds those of a tenth of
 * a second, since nobody asks every moment, and may be overdrawn by a chunk.
 */
static void
limit_rate(struct taking *taking)
{
	struct file_meta *meta = &taking->queue->meta;
	uint64_t now = taking->queue->depot->now;
	double rate = strtod(meta->rate, NULL), most = rate > 10 ? rate / 10 : 1;

	if (!(rate > 0))
		return;
	if (now < meta->filled) /* the clock was set back */
		meta->filled = now;
	meta->tokens += (double)(now - meta->filled) * rate / 1000;
	meta->filled = now;
	if (!(meta->tokens < most))
		meta->tokens = most;
	if (meta->tokens < (double)taking->records)
		taking->records = meta->tokens < 1 ? 0 : (uint64_t)meta->tokens;
	if (taking->records == 0)
		taking->due = now + (uint64_t)((1 - meta->tokens) * 1000 / rate) + 1;
}

/* May nothing be given? */
static bool
is_held(const struct taking *taking)
{
	const struct file_meta *meta = &taking->queue->meta;
	uint64_t results = taking->take->results;

	return taking->queue->missing || meta->paused != 0 ||
	    (results > 0 && meta->chunks >= results);
}

/* We are known as a worker before anything is ours. */
static int
introduce(struct taking *taking)
{
	struct file_queue *queue = taking->queue;
	struct file_worker worker = { .seen = queue->depot->now };
	struct file_item item;
	int error = item_get(queue, ITEM_WORKER, taking->process, &item);

	if (error != MDB_NOTFOUND)
		return error;
	snprintf(worker.name, sizeof(worker.name), "%s", taking->take->me);
	taking->changed = true;
	return item_put(queue, ITEM_WORKER, taking->process, 0, &worker, sizeof(worker));
}

static int
take_some(struct taking *taking)
{
	int error = introduce(taking), looks = SOME;

	if (error == 0 && taking->records > 0)
		error = take_lapsed(taking);
	if (error == 0)
		error = promote(taking);
	while (error == 0 && taking->records > 0 && taking->bytes > 0 && looks-- > 0)
		error = next_chunk(taking);
	return error == MDB_NOTFOUND ? 0 : error;
}

/* Nothing was there: wait for what there may be. */
static int
await(struct taking *taking)
{
	struct file_queue *queue = taking->queue;
	uint64_t due = taking->due;
	int error = file_await(queue, WATCH_WORK | WATCH_READ);

	if (is_held(taking))
		due = UINT64_MAX;
	else if (taking->records > 0 && queue->meta.running > 0 &&
	    queue->meta.lapse < due)
		due = queue->meta.lapse;
	queue->engine->due = file_due(queue, due);
	return error;
}

static int
run(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	struct engine_take *take = context;
	struct taking taking = { .queue = queue,
		.take = take,
		.process = file_process(take->me),
		.records = take->records,
		.bytes = take->bytes > INT64_MAX ? INT64_MAX : (int64_t)take->bytes,
		.due = UINT64_MAX };
	int error = file_enter(queue, engine->queue);

	queue->given.len = queue->buried.len = queue->data.len = 0;
	if (error == 0)
		error = file_live(queue, take->me);
	if (error == 0 && !is_held(&taking)) {
		limit_rate(&taking);
		error = take_some(&taking);
	}
	if (error != 0)
		return error;
	if (queue->given.len == 0)
		error = await(&taking);
	else
		error = file_await(queue, 0);
	if (error == 0 && !taking.changed)
		return DEPOT_SAME;
	return error == 0 ? file_leave(queue) : error;
}

enum engine_end
file_take(struct engine *engine, struct engine_take *take)
{
	struct file_queue *queue = engine->state;
	enum engine_end end = file_step(engine, run, take, DEPOT_LATER);
	struct engine_chunk *chunks = (struct engine_chunk *)(void *)queue->given.data;
	struct engine_burial *burials =
	    (struct engine_burial *)(void *)queue->buried.data;

	if (end != ENGINE_OK)
		return end;
	take->count = queue->given.len / sizeof(*chunks);
	take->burial_count = queue->buried.len / sizeof(*burials);
	for (size_t i = 0; i < take->count; i++)
		chunks[i].data = place(queue, chunks[i].data);
	for (size_t i = 0; i < take->burial_count; i++) {
		burials[i].record.data = place(queue, burials[i].record.data);
		burials[i].why.data = place(queue, burials[i].why.data);
	}
	take->chunks = chunks;
	take->burials = burials;
	return end;
}
