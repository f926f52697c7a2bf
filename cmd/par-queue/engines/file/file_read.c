/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "file_copy.h"
#include "file_queue.h"
#include "file_read.h"
#include "num.h"

enum { PAGE = 100 /* dead ones */ };

/* A result, or a worker, whose texts are so far from the beginning of the data. */
struct placed_result {
	uint64_t id;
	size_t at, len;
};

static uint64_t
number_of(const char *text)
{
	uint64_t number = 0;

	num_parse(text, 0, UINT64_MAX, &number);
	return number;
}

/* Delete results up to that one. */
static int
let_go(struct file_queue *queue, uint64_t safe)
{
	struct file_item item;
	int error;

	while ((error = item_find(queue, ITEM_RESULTS, 0, 0, &item)) == 0 &&
	    item.first <= safe) {
		struct file_count count = { 0 };

		error = value_read(&item.value, &count, sizeof(count));
		if (error == 0)
			error = item_delete(queue, ITEM_RESULTS, item.first, 0);
		if (error == 0)
			error = body_delete(queue, item.first);
		if (error != 0)
			return error;
		queue->meta.results -= (int64_t)count.records;
		queue->meta.chunks -= queue->meta.chunks > 0;
		depot_wake(queue->depot, queue->name, WATCH_READ);
	}
	return error == MDB_NOTFOUND ? 0 : error;
}

/* Copies of those after last. */
static int
copy_results(struct file_queue *queue, uint64_t last, size_t bytes)
{
	struct file_item item;
	int error = 0;

	while (queue->data.len < bytes &&
	    (error = item_find(queue, ITEM_RESULTS, last + 1, 0, &item)) == 0) {
		struct placed_result result = { .id = last = item.first,
			.at = queue->data.len };
		struct file_body body;
		const char *data;

		error = body_get(queue, last, &body, &data, &result.len);
		if (error == 0 && (result.len == 0 || data[result.len - 1] != '\n'))
			error = MDB_CORRUPTED;
		if (error == 0 &&
		    (bytes_put(&queue->data, data, result.len) < 0 ||
			bytes_put(&queue->given, &result, sizeof(result)) < 0))
			error = errno;
		if (error != 0)
			return error;
	}
	return error == MDB_NOTFOUND ? 0 : error;
}

/* Is another one the reader, and alive? */
static bool
is_taken(struct file_queue *queue, uint64_t process)
{
	uint64_t reader = queue->meta.reader;

	if (reader == 0 || reader == process)
		return false;
	if (watch_alive(&queue->watch, reader))
		return true;
	watch_bury(queue->depot->folder, reader);
	return false;
}

static int
run_results(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	struct engine_read *read = context;
	uint64_t process = file_process(read->me), before;
	bool leaves = read->bytes == 0;
	int64_t chunks;
	int error = file_enter(queue, engine->queue);

	queue->given.len = queue->data.len = 0;
	if (error == 0)
		error = file_live(queue, read->me);
	if (error != 0)
		return error;
	before = queue->meta.reader;
	chunks = queue->meta.results;
	read->busy = is_taken(queue, process);
	if (read->busy || queue->missing) {
		error = file_await(queue, WATCH_RESULTS);
		return error == 0 ? DEPOT_SAME : error;
	}
	queue->meta.reader = leaves ? 0 : process;
	if (leaves)
		depot_wake(queue->depot, queue->name, WATCH_RESULTS);
	if (*read->safe != '\0')
		error = let_go(queue, number_of(read->safe));
	if (error == 0)
		error = copy_results(queue, number_of(read->last), read->bytes);
	if (error == 0)
		error = file_await(
		    queue, queue->given.len == 0 && !leaves ? WATCH_RESULTS : 0);
	if (error == 0 && before == queue->meta.reader && chunks == queue->meta.results)
		return DEPOT_SAME;
	return error == 0 ? file_leave(queue) : error;
}

static enum engine_end
read_results(struct engine *engine, struct engine_read *read)
{
	struct file_queue *queue = engine->state;
	enum engine_end end = file_step(engine, run_results, read, DEPOT_SYNC);
	const struct placed_result *placed;
	struct engine_result *results;
	char(*ids)[ENGINE_ID_SIZE];
	int64_t open = file_open_records(&queue->meta);

	if (end != ENGINE_OK)
		return end;
	read->open = open < 0 ? 0 : (uint64_t)open;
	read->dead = queue->meta.dead < 0 ? 0 : (uint64_t)queue->meta.dead;
	placed = (const struct placed_result *)(const void *)queue->given.data;
	read->count = queue->given.len / sizeof(*placed);
	queue->buried.len = queue->scratch.len = 0;
	results = (struct engine_result *)(void *)bytes_reserve(
	    &queue->buried, read->count * sizeof(*results) + 1);
	ids = (char(*)[ENGINE_ID_SIZE])(void *)bytes_reserve(
	    &queue->scratch, read->count * sizeof(*ids) + 1);
	if (results == NULL || ids == NULL)
		return engine_broken(engine, "%s", strerror(errno));
	for (size_t i = 0; i < read->count; i++) {
		snprintf(ids[i], sizeof(ids[i]), "%" PRIu64, placed[i].id);
		results[i] = (struct engine_result){ .id = ids[i],
			.data = queue->data.data + placed[i].at,
			.len = placed[i].len };
	}
	read->results = results;
	return ENGINE_OK;
}

/* A text is so long; its bytes are put behind the others. */
static int
add_text(struct bytes *data, struct engine_text *text, const char *from, size_t len)
{
	text->len = len;
	return bytes_put(data, from, len) < 0 ? errno : 0;
}

/* A dead chunk, its texts one after the other in grave_data. */
static int
copy_grave(struct file_queue *queue, const struct file_item *item)
{
	struct engine_grave grave = { 0 };
	struct bytes *data = &queue->grave_data;
	struct file_grave buried;
	struct file_body body;
	const char *records, *words;
	char number[24], attempts[24];
	size_t len;
	int error = value_read(&item->value, &buried, sizeof(buried));

	if (error == 0 &&
	    item->value.mv_size != sizeof(buried) + (size_t)buried.why + buried.last)
		error = MDB_CORRUPTED;
	if (error == 0)
		error = body_get(queue, buried.id, &body, &records, &len);
	if (error != 0)
		return error;
	words = (const char *)item->value.mv_data + sizeof(buried);
	snprintf(grave.id, sizeof(grave.id), "%" PRIu64, item->first);
	snprintf(attempts, sizeof(attempts), "%" PRIu64, body.attempts);
	snprintf(number, sizeof(number), "%" PRIu64, body.number);
	if (add_text(data, &grave.records, records, len) != 0 ||
	    add_text(data, &grave.attempts, attempts, strlen(attempts)) != 0 ||
	    add_text(data, &grave.why, words, buried.why) != 0 ||
	    add_text(data, &grave.last, words + buried.why, buried.last) != 0 ||
	    add_text(data, &grave.number, number, strlen(number)) != 0 ||
	    bytes_put(&queue->graves, &grave, sizeof(grave)) < 0)
		return errno;
	return 0;
}

static int
run_dead(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	const struct engine_read *read = context;
	uint64_t from = *read->last == '\0' ? 0 : number_of(read->last) + 1;
	struct file_item item;
	int error = file_look(queue, engine->queue);

	queue->graves.len = queue->grave_data.len = 0;
	for (int i = 0; error == 0 && !queue->missing && i < PAGE; i++) {
		error = item_find(queue, ITEM_DEAD, from, 0, &item);
		if (error == 0)
			error = copy_grave(queue, &item);
		from = item.first + 1;
	}
	return error == 0 || error == MDB_NOTFOUND ? DEPOT_SAME : error;
}

static enum engine_end
read_dead(struct engine *engine, struct engine_read *read)
{
	struct file_queue *queue = engine->state;
	enum engine_end end = file_step(engine, run_dead, read, DEPOT_LATER);
	struct engine_grave *graves = (struct engine_grave *)(void *)queue->graves.data;
	const char *at = queue->grave_data.data;

	if (end != ENGINE_OK)
		return end;
	read->count = queue->graves.len / sizeof(*graves);
	read->graves = graves;
	for (size_t i = 0; i < read->count; i++) {
		struct engine_text *const texts[] = { &graves[i].records,
			&graves[i].attempts, &graves[i].why, &graves[i].last,
			&graves[i].number };

		for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]); j++) {
			texts[j]->data = at;
			at += texts[j]->len;
		}
	}
	return ENGINE_OK;
}

enum engine_end
file_read(struct engine *engine, struct engine_read *read)
{
	switch (read->what) {
	case READ_RESULTS:
		return read_results(engine, read);
	case READ_DEAD:
		return read_dead(engine, read);
	case READ_STOCK:
		return file_read_stock(engine, read);
	}
	return ENGINE_OK;
}

static int
run_numbers(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	struct engine_stat *stat = context;
	const struct file_meta *meta = &queue->meta;
	int error = file_look(queue, engine->queue);
	const int64_t numbers[NUMBER_COUNT] = {
		[NUMBER_ACCEPTED] = meta->accepted,
		[NUMBER_WAITING] =
		    file_open_records(meta) - meta->delayed - meta->running,
		[NUMBER_DELAYED] = meta->delayed,
		[NUMBER_RUNNING] = meta->running,
		[NUMBER_DONE] = meta->done,
		[NUMBER_DEAD] = meta->dead,
		[NUMBER_DROPPED] = meta->dropped,
		[NUMBER_RESULTS] = meta->results,
		[NUMBER_LATE] = meta->late,
		[NUMBER_PAUSED] = (int64_t)meta->paused,
		[NUMBER_JOBS] = (int64_t)meta->jobs,
	};

	memcpy(stat->number, numbers, sizeof(numbers));
	stat->rate = meta->rate[0] == '\0' ? "0" : meta->rate;
	stat->missing = queue->missing;
	stat->mark = queue->mark;
	stat->serial = meta->serial;
	return error == 0 ? DEPOT_SAME : error;
}

/* The records that a worker has: those of its chunks. */
static int
count_running(struct file_queue *queue, uint64_t process, uint64_t *records)
{
	struct file_lease lease;
	struct file_body body;
	struct file_item item;
	const char *data;
	uint64_t from = 0;
	size_t len;
	int error;

	*records = 0;
	while ((error = item_find(queue, ITEM_RUNNING, from, 0, &item)) == 0) {
		from = item.first + 1;
		error = value_read(&item.value, &lease, sizeof(lease));
		if (error == 0 && lease.process != process)
			continue;
		if (error == 0)
			error = body_get(queue, item.first, &body, &data, &len);
		if (error != 0)
			return error;
		*records += body.records;
	}
	return error == MDB_NOTFOUND ? 0 : error;
}

static int
run_workers(struct engine *engine, void *context)
{
	struct file_queue *queue = engine->state;
	struct engine_stat *stat = context;
	struct file_worker worker;
	struct file_item item;
	uint64_t from = 0;
	int error = file_look(queue, engine->queue);

	stat->now = queue->depot->now;
	queue->data.len = 0;
	while (error == 0 && !queue->missing &&
	    (error = item_find(queue, ITEM_WORKER, from, 0, &item)) == 0) {
		from = item.first + 1;
		error = value_read(&item.value, &worker, sizeof(worker));
		if (error != 0)
			return error;
		worker.name[sizeof(worker.name) - 1] = '\0';
		if (error == 0)
			error = count_running(queue, item.first, &worker.in_flight);
		if (error == 0 && worker.in_flight == 0 &&
		    watch_alive(&queue->watch, item.first))
			worker.seen = stat->now; /* it need not say so */
		if (error == 0 && bytes_put(&queue->data, &worker, sizeof(worker)) < 0)
			error = errno;
		if (from == 0)
			break;
	}
	return error == 0 || error == MDB_NOTFOUND ? DEPOT_SAME : error;
}

static enum engine_end
workers(struct engine *engine, struct engine_stat *stat)
{
	struct file_queue *queue = engine->state;
	enum engine_end end = file_step(engine, run_workers, stat, DEPOT_LATER);
	const struct file_worker *rows =
	    (const struct file_worker *)(const void *)queue->data.data;
	struct engine_worker *given;

	if (end != ENGINE_OK)
		return end;
	stat->count = queue->data.len / sizeof(*rows);
	queue->given.len = 0;
	given = (struct engine_worker *)(void *)bytes_reserve(
	    &queue->given, stat->count * sizeof(*given) + 1);
	if (given == NULL)
		return engine_broken(engine, "%s", strerror(errno));
	for (size_t i = 0; i < stat->count; i++)
		given[i] = (struct engine_worker){ .name = rows[i].name,
			.seen = rows[i].seen,
			.running = rows[i].in_flight,
			.committed = rows[i].committed,
			.late = rows[i].late };
	stat->workers = given;
	return ENGINE_OK;
}

enum engine_end
file_stat(struct engine *engine, struct engine_stat *stat)
{
	struct file_queue *queue = engine->state;

	switch (stat->what) {
	case STAT_NUMBERS:
		return file_step(engine, run_numbers, stat, DEPOT_LATER);
	case STAT_WORKERS:
		return workers(engine, stat);
	case STAT_READY:
		return depot_ready(queue->depot, engine);
	case STAT_CHECK:
		stat->good = true;
		return depot_ready(queue->depot, engine);
	}
	return ENGINE_OK;
}
