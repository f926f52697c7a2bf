/* SPDX-License-Identifier: ISC */
/*
 * An engine is played that only has a name: what became of each record of a chunk is in
 * the commit, once.
 */
#include <string.h>

#include "chance.h"
#include "check.h"
#include "lease.h"

enum { MOST = 60 };

static struct engine engine = { .queue = "q" };

/* A chunk of count records "0", "1" and so on, written to data. */
static struct engine_chunk
chunk_of(char data[static 4 * MOST], uint64_t count)
{
	size_t len = 0;

	for (uint64_t i = 0; i < count; i++) {
		if (i >= 10)
			data[len++] = (char)('0' + i / 10);
		data[len++] = (char)('0' + i % 10);
		data[len++] = '\n';
	}
	return (struct engine_chunk){ .claim = { .id = "id", .number = "7" },
		.records = count,
		.attempts = 2,
		.data = data,
		.len = len };
}

/* How long the record is that begins at at. */
static size_t
line_len(const char *at)
{
	return (size_t)(strchr(at, '\n') - at) + 1;
}

static uint64_t
lines_of(const char *data, size_t len)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < len; i++)
		lines += data[i] == '\n';
	return lines;
}

/* What a commit tells of records; all of them are of the chunk. */
struct sums {
	uint64_t dead, later, again;
};

static struct sums
sum_up(const struct engine_commit *commit)
{
	struct sums sums = { 0 };

	for (size_t i = 0; i < commit->part_count; i++) {
		const struct engine_part *part = &commit->parts[i];

		check_is(lines_of(part->data, part->len), part->records);
		if (part->kind == PART_DEAD) {
			check_text(part->why, "broken");
			check_is(part->attempts, 3);
			sums.dead += part->records;
		} else if (part->attempts == 3) { /* tried once more */
			check(part->kind == PART_LATER && part->wait >= 10);
			sums.later += part->records;
		} else {
			check(part->kind == PART_LATER && part->wait == 0);
			check_is(part->attempts, 2);
			sums.again += part->records;
		}
	}
	return sums;
}

/* Records end in any way and any order; the commit has each of them once. */
static void
commits(void)
{
	for (int i = 0; i < 3000; i++) {
		char data[4 * MOST];
		uint64_t count = chance_from(1, MOST), first = chance_below(1000),
			 done = 0;
		struct engine_chunk chunk = chunk_of(data, count);
		struct sums want = { 0 }, got;
		struct lease_list list = { 0 };
		struct engine_commit commit;
		struct batch *batch;
		struct lease *lease = lease_new(&engine, &chunk, first, &batch);
		size_t at = 0;

		check_at((uint64_t)i);
		lease_add(&list, lease);
		check_is(batch->count, count);
		check_is(batch->first, first);
		check_is(batch->attempts, 2);
		check_bytes(batch->data, batch->len, data, chunk.len);
		for (uint64_t k = 0; k < count; k++) {
			struct batch *record = batch_slice(batch, k, 1, at);

			check_is(lease->left, count - k);
			check(lease_find(&list, first + k) == lease);
			at += line_len(batch->data + at);
			switch (chance_below(4)) {
			case 0:
				lease_done(lease, record->data, record->len, false);
				done++;
				break;
			case 1:
				lease_dead(lease, record, record->attempts + 1, "broken");
				want.dead++;
				break;
			case 2:
				lease_retry(lease, record, chance_from(10, 20));
				want.later++;
				break;
			default:
				lease_again(lease, record);
				want.again++;
			}
			batch_free(record);
		}
		check_is(lease->left, 0);
		lease_commit(lease, &commit);
		lease_commit(lease, &commit); /* its answer was lost */
		check(commit.claim == &lease->claim);
		check_is(commit.records, count);
		check_is(commit.done, done);
		check_is(commit.lines, done);
		check_is(lines_of(commit.results, commit.results_len), done);
		got = sum_up(&commit);
		check_is(got.dead, want.dead);
		check_is(got.later, want.later);
		check_is(got.again, want.again);
		lease_remove(&list, lease);
		check(list.head == NULL);
		batch_free(batch);
	}
}

/* Of many leases each is found by its records, whichever was looked up before. */
static void
finds(void)
{
	struct lease_list list = { 0 };
	struct lease *leases[20];
	char data[4 * MOST];
	uint64_t firsts[20], counts[20], next = 5;

	for (size_t i = 0; i < COUNT(leases); i++) {
		struct engine_chunk chunk;
		struct batch *batch;

		firsts[i] = next;
		counts[i] = chance_from(1, 9);
		chunk = chunk_of(data, counts[i]);
		leases[i] = lease_new(&engine, &chunk, next, &batch);
		lease_add(&list, leases[i]);
		batch_free(batch);
		next += counts[i];
	}
	for (int k = 0; k < 2000; k++) {
		size_t i = (size_t)chance_below(COUNT(leases));

		check(
		    lease_find(&list, firsts[i] + chance_below(counts[i])) == leases[i]);
	}
	for (size_t i = 0; i < COUNT(leases); i += 2)
		lease_remove(&list, leases[i]);
	for (size_t i = 1; i < COUNT(leases); i += 2)
		check(lease_find(&list, firsts[i]) == leases[i]);
	while (list.head != NULL)
		lease_remove(&list, list.head);
}

TESTS("lease", { "a commit has each record once", commits },
    { "each is found by its records", finds })
