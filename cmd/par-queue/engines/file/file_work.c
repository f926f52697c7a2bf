/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file_queue.h"
#include "file_work.h"
#include "num.h"

/* What is committed. */
struct committing {
	struct engine_commit *commits;
	size_t count;
};

/* A number that was a text for a while. */
static uint64_t
number_of(const char *text)
{
	uint64_t number = 0;

	num_parse(text, 0, UINT64_MAX, &number);
	return number;
}

/* Results of a chunk that came from here are a chunk of the next queue. */
static int
pass_on(struct file_queue *queue, const struct engine_commit *commit)
{
	struct file_queue other = { .depot = queue->depot, .engine = queue->engine };
	bool same = strcmp(commit->next, queue->name) == 0;
	struct file_queue *next = same ? queue : &other;
	struct file_body body = { .records = commit->lines };
	int error = same ? 0 : file_need(next, commit->next);
	uint64_t id;

	if (error != 0)
		return error;
	body.number = ++next->meta.serial;
	next->meta.accepted += (int64_t)commit->lines;
	error = body_add(next, &body, commit->results, commit->results_len, &id);
	if (error == 0)
		error = file_add(next, id);
	return error == 0 && !same ? file_leave(next) : error;
}

static int
add_results(struct file_queue *queue, const struct engine_commit *commit, uint64_t number)
{
	const struct file_body body = { .number = number, .records = commit->lines };
	const struct file_count count = { commit->lines };
	uint64_t id;
	int error;

	if (commit->results_len == 0)
		return 0;
	if (commit->next != NULL)
		return pass_on(queue, commit);
	error = body_add(queue, &body, commit->results, commit->results_len, &id);
	if (error != 0)
		return error;
	queue->meta.results += (int64_t)commit->lines;
	queue->meta.chunks++;
	depot_wake(queue->depot, queue->name, WATCH_RESULTS);
	return item_put(queue, ITEM_RESULTS, id, 0, &count, sizeof(count));
}

/* How many records there are, as the lines of the data say. */
static uint64_t
count_lines(const char *data, size_t len)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < len; i++)
		lines += data[i] == '\n' || i + 1 == len;
	return lines > 0 ? lines : 1;
}

static int
add_part(struct file_queue *queue, const struct engine_commit *commit,
    const struct engine_part *part, const struct file_body *from)
{
	struct file_body body = { .number = from->number,
		.records = part->records,
		.attempts = part->attempts,
		.expires = from->expires };
	uint64_t id;
	int error;

	if (part->kind == PART_ILL) { /* it is counted anew */
		body.records = count_lines(part->data, part->len);
		queue->meta.accepted += (int64_t)body.records - (int64_t)from->records;
	}
	error = body_add(queue, &body, part->data, part->len, &id);
	if (error != 0)
		return error;
	if (part->kind != PART_LATER)
		return file_bury(queue, id, body.records, part->why,
		    commit->last_len > 0 ? commit->last : "", commit->last_len);
	if (part->wait > 0)
		return file_add_at(
		    queue, id, body.records, queue->depot->now + part->wait);
	return file_add(queue, id);
}

/* The books of the worker that commits have it. */
static int
note_commit(struct file_queue *queue, const struct engine_commit *commit)
{
	uint64_t process = file_process(commit->me);
	struct file_worker worker;
	struct file_item item;
	int error = commit->untouched || queue->missing
	    ? MDB_NOTFOUND
	    : item_get(queue, ITEM_WORKER, process, &item);

	if (error == 0)
		error = value_read(&item.value, &worker, sizeof(worker));
	if (error != 0)
		return error == MDB_NOTFOUND ? 0 : error;
	worker.seen = queue->depot->now;
	worker.committed += !commit->late;
	worker.late += commit->late;
	return item_put(queue, ITEM_WORKER, process, 0, &worker, sizeof(worker));
}

/* The first that says what became of a chunk takes it out of those that run. */
static int
commit_one(struct file_queue *queue, struct engine_commit *commit)
{
	uint64_t id = number_of(commit->claim->id);
	struct file_body body;
	const char *data;
	size_t len;
	int error =
	    queue->missing ? MDB_NOTFOUND : item_delete(queue, ITEM_RUNNING, id, 0);

	commit->late = error == MDB_NOTFOUND;
	if (commit->late && !queue->missing)
		queue->meta.late += (int64_t)commit->records;
	if (commit->late)
		return 0;
	if (error == 0)
		error = body_get(queue, id, &body, &data, &len);
	if (error == 0)
		error = body_delete(queue, id);
	if (error != 0)
		return error;
	queue->meta.running -= (int64_t)body.records;
	queue->meta.done += (int64_t)commit->done;
	error = add_results(queue, commit, body.number);
	for (size_t i = 0; error == 0 && i < commit->part_count; i++)
		error = add_part(queue, commit, &commit->parts[i], &body);
	return error;
}

static int
run_commit(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	const struct committing *committing = context;
	int error = file_look(queue, engine->queue);

	for (size_t i = 0; error == 0 && i < committing->count; i++)
		error = commit_one(queue, &committing->commits[i]);
	for (size_t i = 0; error == 0 && i < committing->count; i++)
		error = note_commit(queue, &committing->commits[i]);
	if (error != 0)
		return error;
	return queue->missing ? DEPOT_SAME : file_leave(queue);
}

enum engine_end
file_commit(struct engine *engine, struct engine_commit *commits, size_t count)
{
	struct committing committing = { commits, count };

	return file_step(engine, run_commit, &committing, DEPOT_SYNC);
}

/* Renew a lease that is ours still. */
static int
renew(struct file_queue *queue, uint64_t process, struct engine_claim *claim)
{
	uint64_t id = number_of(claim->id);
	struct file_lease lease;
	struct file_item item;
	int error =
	    queue->missing ? MDB_NOTFOUND : item_get(queue, ITEM_RUNNING, id, &item);

	if (error == 0)
		error = value_read(&item.value, &lease, sizeof(lease));
	claim->lost = error == MDB_NOTFOUND || (error == 0 && lease.process != process);
	if (error != 0 || claim->lost)
		return error == MDB_NOTFOUND ? 0 : error;
	lease.until = queue->depot->now + lease.lease;
	return item_put(queue, ITEM_RUNNING, id, 0, &lease, sizeof(lease));
}

static int
run_beat(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	struct engine_beat *beat = context;
	uint64_t process = file_process(beat->me);
	struct file_worker worker = { .in_flight = beat->in_flight,
		.committed = beat->committed,
		.late = beat->late };
	int error = file_look(queue, engine->queue);

	if (error == 0)
		error = file_live(queue, beat->me);
	for (size_t i = 0; error == 0 && i < beat->count; i++)
		error = renew(queue, process, beat->claims[i]);
	beat->now = queue->depot->now;
	beat->jobs = queue->meta.jobs;
	beat->drain = queue->meta.drain;
	if (error != 0 || queue->missing)
		return error != 0 ? error : DEPOT_SAME;
	worker.seen = beat->now;
	snprintf(worker.name, sizeof(worker.name), "%s", beat->me);
	return item_put(queue, ITEM_WORKER, process, 0, &worker, sizeof(worker));
}

/* What it had lapses at once, since it is known no more. */
static int
run_leave(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	const struct engine_beat *beat = context;
	int error = file_look(queue, engine->queue);

	if (error != 0 || queue->missing)
		return error != 0 ? error : DEPOT_SAME;
	queue->meta.lapse = 0;
	depot_wake(queue->depot, queue->name, WATCH_WORK);
	error = item_delete(queue, ITEM_WORKER, file_process(beat->me), 0);
	return error == 0 || error == MDB_NOTFOUND ? file_leave(queue) : error;
}

enum engine_end
file_beat(struct engine *engine, struct engine_beat *beat)
{
	return file_step(engine, beat->leaves ? run_leave : run_beat, beat, DEPOT_LATER);
}
