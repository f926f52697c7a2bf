/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "grow.h"
#include "hash.h"
#include "lease.h"
#include "need.h"

enum { MOST_ATTEMPTS = 1000000000 };

static uint64_t
count_lines(const char *at, size_t len)
{
	const char *end;
	uint64_t lines = 0;

	if (len == 0)
		return 0;
	end = at + len;
	while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		lines++;
		at++;
	}
	return lines;
}

/* What is wrong with the records of a chunk; NULL: nothing. */
static const char *
find_fault(const struct engine_chunk *chunk)
{
	if (chunk->len == 0)
		return "not a chunk: it has no record";
	if (chunk->data[chunk->len - 1] != '\n')
		return "not a chunk: its last record has no end";
	if (count_lines(chunk->data, chunk->len) != chunk->records)
		return "not a chunk: it has not as many records as it says";
	return NULL;
}

/* One more part, with copies of data and why. */
static void
add_part(struct lease *lease, const struct engine_part *part)
{
	size_t why = strlen(part->why) + 1, count = lease->part_count + 1;
	struct engine_part *parts =
	    grow(lease->parts, &lease->part_room, count, sizeof(*parts), SIZE_MAX);
	char *copy = parts == NULL ? NULL : malloc(part->len + why);

	if (copy == NULL)
		need_failed(count * sizeof(*parts) + part->len + why);
	if (part->len > 0)
		memcpy(copy, part->data, part->len);
	memcpy(copy + part->len, part->why, why);
	lease->parts = parts;
	parts += lease->part_count++;
	*parts = *part;
	parts->data = copy;
	parts->why = copy + part->len;
}

/* All of the chunk is for the engine to put away. */
static void
bury(struct lease *lease, const struct engine_chunk *chunk, const char *why)
{
	warn("%s: entry %s: %s; it goes to the dead", lease->engine->queue,
	    lease->claim.id, why);
	add_part(lease,
	    &(struct engine_part){ .kind = PART_ILL,
		.attempts = lease->attempts,
		.why = why,
		.data = chunk->data,
		.len = chunk->len });
}

/*
 * What tells the records of the chunk from others, whose parts keep its number: they are
 * told from each other by their bytes.
 */
static void
set_run(const struct lease *lease, struct batch *batch)
{
	const char *queue = lease->engine->queue;

	snprintf(batch->run, sizeof(batch->run), "%016" PRIx64 "-%.40s#",
	    hash_bytes(queue, strlen(queue), 0), lease->claim.number);
}

/* The records of a chunk, from number first on. */
static struct batch *
make_batch(const struct lease *lease, const struct engine_chunk *chunk)
{
	struct block *block = block_new(chunk->len);
	struct batch *batch;

	if (block == NULL)
		need_failed(chunk->len);
	memcpy(block->data, chunk->data, chunk->len);
	batch = batch_new(block, block->data, chunk->len, lease->first, lease->count);
	if (batch == NULL)
		need_failed(sizeof(*batch));
	batch->attempts = lease->attempts;
	set_run(lease, batch);
	batch->alone = chunk->alone;
	block_drop(block);
	return batch;
}

struct lease *
lease_new(struct engine *engine, const struct engine_chunk *chunk, uint64_t first,
    struct batch **batch)
{
	struct lease *lease = calloc(1, sizeof(*lease));
	uint64_t attempts = chunk->attempts;
	const char *fault = find_fault(chunk);

	if (lease == NULL)
		need_failed(sizeof(*lease));
	lease->engine = engine;
	lease->claim = chunk->claim;
	lease->first = first;
	lease->given = chunk->records;
	lease->attempts = attempts > MOST_ATTEMPTS ? MOST_ATTEMPTS : (unsigned)attempts;
	*batch = NULL;
	if (fault != NULL) {
		bury(lease, chunk, fault);
		return lease;
	}
	lease->count = lease->left = chunk->records;
	*batch = make_batch(lease, chunk);
	return lease;
}

void
lease_add(struct lease_list *list, struct lease *lease)
{
	if (list->head == NULL)
		list->tail = &list->head;
	*list->tail = lease;
	list->tail = &lease->next;
}

static bool
has(const struct lease *lease, uint64_t number)
{
	return number >= lease->first && number - lease->first < lease->count;
}

struct lease *
lease_find(struct lease_list *list, uint64_t number)
{
	struct lease *lease = list->found;

	if (lease == NULL || number < lease->first)
		lease = list->head;
	while (!has(lease, number))
		lease = lease->next;
	list->found = lease;
	return lease;
}

static void
put_number(struct lease *lease, const char *behind)
{
	need_put(&lease->results, lease->claim.number, strlen(lease->claim.number));
	need_put(&lease->results, behind, 1);
}

void
lease_results(struct lease *lease, const char *results, size_t len, bool ids)
{
	const char *end;

	if (len == 0)
		return;
	end = results + len;
	while (ids && results < end) {
		const char *newline = memchr(results, '\n', (size_t)(end - results));
		size_t line = newline == NULL ? (size_t)(end - results)
					      : (size_t)(newline + 1 - results);

		put_number(lease, "\t");
		need_put(&lease->results, results, line);
		results += line;
	}
	need_put(&lease->results, results, (size_t)(end - results));
}

void
lease_done(struct lease *lease, const char *results, size_t len, bool ids)
{
	lease_results(lease, results, len, ids);
	if (ids)
		put_number(lease, "\n");
	lease->done++;
	lease->left--;
}

void
lease_dead(
    struct lease *lease, const struct batch *record, unsigned attempts, const char *why)
{
	add_part(lease,
	    &(struct engine_part){ .kind = PART_DEAD,
		.records = 1,
		.attempts = attempts,
		.why = why,
		.data = record->data,
		.len = record->len });
	lease->left--;
}

void
lease_retry(struct lease *lease, const struct batch *record, uint64_t wait)
{
	need_put(&lease->retry, record->data, record->len);
	lease->retry_count++;
	if (wait > lease->wait)
		lease->wait = wait;
	lease->left--;
}

void
lease_again(struct lease *lease, const struct batch *records)
{
	need_put(&lease->again, records->data, records->len);
	lease->again_count += records->count;
	lease->left -= records->count;
}

/* Records that go back are a part. */
static void
add_later(struct lease *lease, struct bytes *records, uint64_t *count, uint64_t attempts,
    uint64_t wait)
{
	if (*count == 0)
		return;
	add_part(lease,
	    &(struct engine_part){ .kind = PART_LATER,
		.records = *count,
		.attempts = attempts,
		.wait = wait,
		.why = "",
		.data = records->data,
		.len = records->len });
	*count = 0;
	bytes_free(records);
}

void
lease_commit(struct lease *lease, struct engine_commit *commit)
{
	add_later(lease, &lease->retry, &lease->retry_count,
	    lease->attempts + UINT64_C(1), lease->wait);
	add_later(lease, &lease->again, &lease->again_count, lease->attempts, 0);
	*commit = (struct engine_commit){ .claim = &lease->claim,
		.records = lease->given,
		.done = lease->done,
		.results = lease->results.data,
		.results_len = lease->results.len,
		.lines = count_lines(lease->results.data, lease->results.len),
		.parts = lease->parts,
		.part_count = lease->part_count };
}

bool
lease_untouched(const struct engine_commit *commit)
{
	const struct engine_part *part = commit->parts;

	return commit->part_count == 1 && part->kind == PART_LATER && part->wait == 0 &&
	    part->records == commit->records;
}

void
lease_remove(struct lease_list *list, struct lease *lease)
{
	struct lease **link = &list->head;

	while (*link != lease)
		link = &(*link)->next;
	*link = lease->next;
	if (*link == NULL)
		list->tail = link;
	list->found = NULL;
	bytes_free(&lease->results);
	bytes_free(&lease->retry);
	bytes_free(&lease->again);
	for (size_t i = 0; i < lease->part_count; i++)
		free((char *)(uintptr_t)lease->parts[i].data);
	free(lease->parts);
	free(lease);
}
