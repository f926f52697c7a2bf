/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "items.h"
#include "whatif.h"

/* So many workers: when each is free, the first at the top of a heap. */
struct whatif_team {
	uint64_t *free;
	size_t count;
	uint64_t ended; /* the last of them */
};

static int
by_start(const void *left, const void *right)
{
	const struct whatif_job *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->took > b->took) - (a->took < b->took);
}

static void
sort(struct whatif *whatif)
{
	if (whatif->count > 0)
		qsort(whatif->jobs, whatif->count, sizeof(*whatif->jobs), by_start);
}

/* Sort what is in memory, and put it into a file.  0, or -1 with errno. */
static int
put_aside(struct whatif *whatif)
{
	struct spool *spools = grow(whatif->spools, &whatif->spools_room,
	    whatif->spools_count + 1, sizeof(*spools), 1 << 20);
	struct spool *spool;

	if (spools == NULL)
		return -1;
	whatif->spools = spools;
	spool = &whatif->spools[whatif->spools_count++];
	*spool = (struct spool){ 0 };
	sort(whatif);
	for (size_t i = 0; i < whatif->count; i++)
		if (item_put(spool, whatif->jobs[i].start, &whatif->jobs[i].took,
			sizeof(whatif->jobs[i].took), NULL, 0) < 0)
			return -1;
	whatif->count = 0;
	return 0;
}

int
whatif_add(struct whatif *whatif, uint64_t start, uint64_t took)
{
	struct whatif_job *jobs;

	if (took == 0)
		return 0; /* it changes nothing */
	whatif->total += took;
	if (took > whatif->longest)
		whatif->longest = took;
	if (whatif->count == WHATIF_HELD && put_aside(whatif) < 0)
		return -1;
	jobs = grow(
	    whatif->jobs, &whatif->room, whatif->count + 1, sizeof(*jobs), WHATIF_HELD);
	if (jobs == NULL)
		return -1;
	whatif->jobs = jobs;
	whatif->jobs[whatif->count++] = (struct whatif_job){ start, took };
	return 0;
}

/* The first that is free takes a job. */
static void
give(struct whatif_team *team, uint64_t took)
{
	uint64_t *heap = team->free, ends = heap[0] + took;
	size_t at = 0, child;

	if (ends > team->ended)
		team->ended = ends;
	for (; (child = 2 * at + 1) < team->count; at = child) {
		if (child + 1 < team->count && heap[child + 1] < heap[child])
			child++;
		if (heap[child] >= ends)
			break;
		heap[at] = heap[child];
	}
	heap[at] = ends;
}

static void
give_all(struct whatif_team *teams, size_t count, uint64_t took)
{
	for (size_t i = 0; i < count; i++)
		give(&teams[i], took);
}

/* Which numbers of workers to try, in rising order; how many. */
static size_t
choose(uint64_t there, struct whatif_team *teams)
{
	uint64_t most = there * 8 < 64 ? 64 : there * 8;
	size_t count = 0;

	if (there > WHATIF_MOST / 8)
		most = WHATIF_MOST;
	for (uint64_t n = 1; n <= most && count < WHATIF_NUMBERS - 1; n *= 2) {
		if (there > n / 2 && there < n)
			teams[count++].count = (size_t)there;
		if (count < WHATIF_NUMBERS)
			teams[count++].count = (size_t)n;
	}
	return count;
}

/* Give all jobs to each team, in the order in which they began.  0, or -1 with errno. */
static int
run(struct whatif *whatif, struct whatif_team *teams, size_t count)
{
	struct items items;
	struct item item;
	const char *data;
	int got;

	if (whatif->spools_count == 0) {
		sort(whatif);
		for (size_t i = 0; i < whatif->count; i++)
			give_all(teams, count, whatif->jobs[i].took);
		return 0;
	}
	if (put_aside(whatif) < 0)
		return -1;
	if (items_open(&items, whatif->spools, whatif->spools_count) < 0) {
		items_close(&items);
		return -1;
	}
	while ((got = items_next(&items, &item, &data)) > 0) {
		uint64_t took;

		memcpy(&took, data, sizeof(took));
		give_all(teams, count, took);
	}
	items_close(&items);
	return got;
}

int
whatif_answer(struct whatif *whatif, uint64_t there)
{
	struct whatif_team teams[WHATIF_NUMBERS] = { 0 };
	size_t count = choose(there == 0 ? 1 : there, teams);
	int got = 0;

	for (size_t i = 0; i < count && got == 0; i++) {
		teams[i].free = calloc(teams[i].count, sizeof(*teams[i].free));
		got = teams[i].free == NULL ? -1 : 0;
	}
	if (got == 0)
		got = run(whatif, teams, count);
	for (size_t i = 0; i < count && got == 0; i++)
		whatif->answers[i] =
		    (struct whatif_answer){ teams[i].count, teams[i].ended };
	whatif->answers_count = got == 0 ? count : 0;
	for (size_t i = 0; i < count; i++)
		free(teams[i].free);
	return got;
}

void
whatif_free(struct whatif *whatif)
{
	for (size_t i = 0; i < whatif->spools_count; i++)
		spool_close(&whatif->spools[i]);
	free(whatif->spools);
	free(whatif->jobs);
	*whatif = (struct whatif){ 0 };
}
