/* SPDX-License-Identifier: ISC */
/*
 * A place is played that one record kills: suspects are given to it as they come, alone,
 * and what it had when it died goes back.
 */
#include <stdio.h>
#include <string.h>

#include "chance.h"
#include "check.h"
#include "memory.h"
#include "suspects.h"

enum { MOST = 200, NONE = MOST };

/* Records "0" to "count - 1" as batches of at most size; false without memory. */
static bool
make(struct batch_queue *queue, uint64_t count, uint64_t size)
{
	struct block *block = block_new(MOST * 8);
	size_t at = 0;
	bool made = block != NULL;

	for (uint64_t first = 0; made && first < count;) {
		uint64_t some = size < count - first ? size : count - first;
		size_t begin = at;
		struct batch *batch;

		for (uint64_t i = 0; i < some; i++)
			at += (size_t)sprintf(
			    block->data + at, "%u\n", (unsigned)(first + i));
		batch = batch_new(block, block->data + begin, at - begin, first, some);
		made = batch != NULL;
		if (made)
			batch_push(queue, batch);
		first += some;
	}
	if (block != NULL)
		block_drop(block);
	return made;
}

/* The next to be given alone; NULL: there is none. */
static struct batch *
next(struct batch_queue *queue, enum suspects_by by)
{
	struct batch *batch = NULL;

	if (by == SUSPECTS_SINGLY)
		check_is(suspects_next(queue, &batch), 0);
	else
		batch = batch_pop(queue, UINT64_MAX);
	check(batch == NULL || batch->alone);
	return batch;
}

static bool
holds(const struct batch *batch, uint64_t number)
{
	return number >= batch->first && number - batch->first < batch->count;
}

/* Each record of batch is done, once. */
static void
finish(struct batch *batch, unsigned done[static MOST])
{
	for (uint64_t i = 0; i < batch->count; i++)
		done[batch->first + i]++;
	batch_free(batch);
}

/* Suspects are given one batch after the other; how often the place dies of killer. */
static unsigned
play(struct batch_queue *queue, uint64_t killer, enum suspects_by by,
    unsigned done[static MOST])
{
	unsigned deaths = 0;
	struct batch *batch;

	while ((batch = next(queue, by)) != NULL) {
		struct batch_queue had = { 0 };

		if (!holds(batch, killer)) {
			finish(batch, done);
			continue;
		}
		deaths++;
		batch_push(&had, batch);
		if (suspects_guilty(&had, by)) {
			check(by == SUSPECTS_WHOLE || batch->count == 1);
			finish(batch_pop(&had, UINT64_MAX), done);
			continue;
		}
		check_is(suspects_add(queue, &had, by), 0);
		check(had.head == NULL);
	}
	return deaths;
}

/* Whoever kills is found, all others are done, each once, and few places die for it. */
static void
finds(void)
{
	for (int i = 0; i < 2000; i++) {
		enum suspects_by by = (enum suspects_by)chance_below(3);
		uint64_t count = chance_from(1, MOST);
		uint64_t killer = chance_one_in(4) ? NONE : chance_below(count);
		struct batch_queue had = { 0 }, queue = { 0 };
		unsigned done[MOST] = { 0 }, deaths, most = 1;

		check_at((uint64_t)i);
		check(make(&had, count, chance_from(1, count)));
		check_is(had.records, count);
		check_is(suspects_add(&queue, &had, by), 0);
		check(had.head == NULL && had.records == 0);
		check_is(queue.records, count);
		deaths = play(&queue, killer, by, done);
		for (uint64_t half = by == SUSPECTS_HALVES ? count : 1; half > 1;
		     half = (half + 1) / 2)
			most++;
		check(deaths <= most);
		check((deaths > 0) == (killer != NONE));
		for (uint64_t k = 0; k < MOST; k++)
			check_is(done[k], k < count);
	}
}

/* Only what was alone, and has no parts, is to blame. */
static void
blames(void)
{
	struct batch_queue had = { 0 };

	check(!suspects_guilty(&had, SUSPECTS_HALVES));
	check(make(&had, 1, 1));
	check(!suspects_guilty(&had, SUSPECTS_HALVES));
	had.head->alone = true;
	check(suspects_guilty(&had, SUSPECTS_HALVES));
	check(suspects_guilty(&had, SUSPECTS_SINGLY));
	check(suspects_guilty(&had, SUSPECTS_WHOLE));
	check(make(&had, 1, 1));
	had.head->next->alone = true;
	check(!suspects_guilty(&had, SUSPECTS_HALVES)); /* there are two */
	batch_clear(&had);
	check(make(&had, 2, 2));
	had.head->alone = true;
	check(!suspects_guilty(&had, SUSPECTS_HALVES));
	check(!suspects_guilty(&had, SUSPECTS_SINGLY));
	check(suspects_guilty(&had, SUSPECTS_WHOLE));
	batch_clear(&had);
}

/* The oldest is tried apart, and then the rest. */
static void
late(void)
{
	static const uint64_t firsts[] = { 0, 1, 3, 5, 8 }, counts[] = { 1, 2, 2, 3, 3 };
	struct batch_queue had = { 0 }, queue = { 0 };
	size_t i = 0;

	check_is(suspects_add_late(&queue, &had, SUSPECTS_HALVES), 0);
	check(queue.head == NULL);
	check(make(&had, 11, 5));
	batch_free(batch_pop(&had, UINT64_MAX));
	had.head->not_before = 7;
	batch_clear(&had);
	check(make(&had, 1, 1));
	had.head->not_before = 7;
	check_is(suspects_add_late(&queue, &had, SUSPECTS_HALVES), 0);
	check(queue.head->alone && queue.head->not_before == 0);
	batch_clear(&queue);
	check(make(&had, 5, 5));
	{
		struct batch_queue more = { 0 };

		check(make(&more, 6, 6));
		more.head->first = 5;
		batch_join(&had, &more);
	}
	check_is(suspects_add_late(&queue, &had, SUSPECTS_HALVES), 0);
	for (struct batch *b = queue.head; b != NULL; b = b->next, i++) {
		check(b->alone && i < COUNT(firsts));
		check_is(b->first, firsts[i]);
		check_is(b->count, counts[i]);
	}
	check_is(i, COUNT(firsts));
	batch_clear(&queue);
}

/* The record of a number comes out of any place that it may have, the rest stays. */
static void
picks(void)
{
	for (uint64_t size = 1; size <= 4; size++)
		for (uint64_t number = 0; number <= 12; number++) {
			struct batch_queue had = { 0 }, others = { 0 };
			bool there = number < 12 && number % size == 0;
			struct batch *found;

			check_at(size * 100 + number);
			check(make(&had, 12, size));
			check_is(suspects_pick(&had, number, &others, &found), 0);
			check(had.head == NULL && (found != NULL) == there);
			check_is(others.records, there ? 11 : 12);
			if (found != NULL) {
				check_is(found->first, number);
				check_is(found->count, 1);
			}
			for (const struct batch *b = others.head; b != NULL; b = b->next)
				check(!there || !holds(b, number));
			batch_free(found);
			batch_clear(&others);
		}
}

/* Without memory no record is lost. */
static void
starve(void)
{
	struct batch_queue had = { 0 }, queue = { 0 };
	struct batch *found = NULL;
	uint64_t count = 0;
	int status = 0;

	if (make(&had, 9, 5)) {
		status = suspects_pick(&had, 5, &queue, &found);
		check((found == NULL) == (status < 0));
		check_is(queue.records, found == NULL ? 9 : 8);
		batch_join(&had, &queue);
		status |= suspects_add_late(&queue, &had, SUSPECTS_HALVES);
		batch_join(&had, &queue);
		status |= suspects_add(&queue, &had, SUSPECTS_HALVES);
		check(had.head == NULL);
		for (const struct batch *b = queue.head; b != NULL; b = b->next)
			count += b->count;
		check_is(count, found == NULL ? 9 : 8);
		batch_free(found);
		status |= suspects_next(&queue, &found);
		count -= found == NULL ? 0 : 1;
		check_is(queue.records, count);
		batch_free(found);
		check(status == 0 || memory_failed());
	} else {
		check(memory_failed());
	}
	batch_clear(&had);
	batch_clear(&queue);
}

static void
starves(void)
{
	memory_torment(starve);
}

TESTS("suspects", { "whoever kills is found, and the others are done", finds },
    { "only what was alone is to blame", blames },
    { "the oldest of late ones is tried apart", late },
    { "one record is picked out", picks }, { "without memory", starves })
