/* SPDX-License-Identifier: ISC */
/*
 * Records of keys at a rate, against the plainest code that does the same: a list of what
 * waits, looked through from its begin.
 */
#include <stdio.h>
#include <string.h>

#include "chance.h"
#include "check.h"
#include "memory.h"
#include "paced.h"

enum { KEYS = 5, STEPS = 4000, MOST = STEPS };

/* What should be so. */
struct model {
	struct rate_clock clocks[KEYS];
	uint64_t waiting[MOST]; /* numbers, of key number % KEYS, in order */
	size_t count;
};

static struct batch *
make(uint64_t number)
{
	struct block *block = block_new(32);
	struct batch *batch = NULL;

	if (block == NULL)
		return NULL;
	batch = batch_new(block, block->data,
	    (size_t)sprintf(block->data, "%u\n", (unsigned)number), number, 1);
	block_drop(block);
	return batch;
}

/* Where the first that waits of the key is; the count: none does. */
static size_t
first_of(const struct model *model, uint64_t key)
{
	size_t i = 0;

	while (i < model->count && model->waiting[i] % KEYS != key)
		i++;
	return i;
}

/* One comes: it begins, or waits. */
static void
come(struct paced *paced, struct model *model, uint64_t number, uint64_t now)
{
	uint64_t key = number % KEYS;
	bool first = chance_one_in(8);
	bool may = rate_may(paced->rate, &model->clocks[key], now) &&
	    (first || first_of(model, key) == model->count);
	struct batch *batch;

	check_is(paced_begin(paced, key * 64, now, first), may);
	if (may && first_of(model, key) == model->count)
		model->clocks[key] = (struct rate_clock){ 0 };
	if (may) {
		rate_taken(paced->rate, &model->clocks[key], now);
		return;
	}
	batch = make(number);
	check(batch != NULL);
	check_is(paced_wait(paced, key * 64, batch), 0);
	model->waiting[model->count++] = number;
}

/* All that may begin does, those of one key in their order. */
static void
go(struct paced *paced, struct model *model, uint64_t now)
{
	struct batch *batch;

	while ((batch = paced_next(paced, now)) != NULL) {
		uint64_t key = batch->first % KEYS;
		size_t i = first_of(model, key);
		char text[16];

		check(i < model->count && model->waiting[i] == batch->first);
		check(rate_may(paced->rate, &model->clocks[key], now));
		check_bytes(batch->data, batch->len, text,
		    sprintf(text, "%u\n", (unsigned)batch->first));
		rate_taken(paced->rate, &model->clocks[key], now);
		model->count--;
		memmove(model->waiting + i, model->waiting + i + 1,
		    (model->count - i) * sizeof(*model->waiting));
		batch_free(batch);
	}
	for (size_t i = 0; i < model->count; i++)
		check(!rate_may(
		    paced->rate, &model->clocks[model->waiting[i] % KEYS], now));
}

static void
change(struct paced *paced, struct rate *rate, struct model *model, uint64_t now)
{
	uint64_t latest;

	rate->count = chance_below(4);
	latest = rate->count == 0 ? now : now + rate->within / rate->count;
	paced_change(paced, now);
	for (size_t i = 0; i < KEYS; i++) {
		model->clocks[i].over = 0;
		if (model->clocks[i].next > latest)
			model->clocks[i].next = latest;
	}
}

static void
agrees(void)
{
	static struct model model;
	struct rate rate = { 3, 1000 };
	struct paced paced = { .rate = &rate };
	uint64_t now = 1000;

	model = (struct model){ 0 };
	for (uint64_t step = 0; step < STEPS; step++) {
		uint64_t due = paced_due(&paced, now), key = chance_below(KEYS);

		check_at(step);
		check_is(paced.records, model.count);
		check(paced_room(&paced));
		if (due != UINT64_MAX && chance_one_in(2))
			now = due;
		else
			now += chance_below(100);
		go(&paced, &model, now);
		if (model.count > 0)
			check(paced_due(&paced, now) != UINT64_MAX);
		if (rate.count > 0 && !rate_may(&rate, &model.clocks[key], now))
			check_is(paced_at(&paced, key * 64), model.clocks[key].next);
		if (chance_one_in(400))
			change(&paced, &rate, &model, now);
		if (model.count < 50)
			come(&paced, &model, step, now);
	}
	paced_close(&paced);
}

/* What may begin again is forgotten, and what waits has a limit. */
static void
bounded(void)
{
	struct rate rate = { 1, 1000 };
	struct paced paced = { .rate = &rate };
	uint64_t waits = 0;

	for (uint64_t i = 0; i < 3000; i++) {
		check_is(paced_begin(&paced, i, i * 100, false), 1);
		check(paced.count <= 11);
	}
	for (; paced_room(&paced); waits++) {
		struct batch *batch = make(waits);

		check(batch != NULL);
		check_is(paced_wait(&paced, 1, batch), 0);
	}
	check(waits > 10000 && waits < 1 << 18);
	check_is(paced.records, waits);
	paced_close(&paced);
}

static void
short_of_memory(void)
{
	struct rate rate = { 1, 1000 };
	struct paced paced = { .rate = &rate };

	for (uint64_t i = 0; i < 200; i++) {
		struct batch *batch = i % 8 == 0 ? make(i) : NULL;
		int got = paced_begin(&paced, i, 1, false);

		check(got == 1 || memory_failed());
		if (batch == NULL)
			continue;
		got = paced_wait(&paced, i, batch);
		check(got == 0 || memory_failed());
		if (got < 0)
			batch_free(batch);
	}
	paced_close(&paced);
}

static void
fails(void)
{
	memory_torment(short_of_memory);
}

TESTS("paced", { "agrees with a model", agrees }, { "is bounded", bounded },
    { "is told of memory that is missing", fails })
