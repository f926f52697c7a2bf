/* SPDX-License-Identifier: ISC */
/*
 * The number of workers that gets most done, found by trying.
 */
#include "climb.h"
#include "check.h"

/* Work of which so many workers get more done than fewer, each so many in a second. */
struct work {
	size_t useful;
	double each;
	double done;
	uint64_t now;
};

/* Go on for so many seconds; how many workers there are mostly in the last half. */
static double
go_on(struct climb *climb, struct work *work, unsigned seconds)
{
	double sum = 0;

	for (unsigned i = 0; i < 100 * seconds; i++) {
		size_t workers = climb_turn(climb, work->now, (uint64_t)work->done);

		check(workers >= 1 && workers <= climb->most);
		work->done += work->each / 100 *
		    (double)(workers < work->useful ? workers : work->useful);
		work->now += 10;
		if (i >= 50 * seconds)
			sum += (double)workers;
	}
	return sum / (50 * seconds);
}

static void
useful(void)
{
	static const struct {
		size_t useful, begin, most;
		double least, largest;
	} rows[] = {
		{ 40, 2, 4096, 36, 60 },
		{ 1, 8, 4096, 1, 2 },
		{ 5, 64, 4096, 4.5, 8 },
		{ 200, 2, 4096, 180, 300 },
		{ 200, 2, 16, 15, 16 },
		{ 3, 1, 1, 1, 1 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct work work = { .useful = rows[i].useful, .each = 50, .now = 7 };
		struct climb climb;
		double workers;

		check_at(i + 1);
		climb_begin(&climb, rows[i].begin, rows[i].most, work.now);
		workers = go_on(&climb, &work, 120);
		check(workers >= rows[i].least);
		check(workers <= rows[i].largest);
	}
}

static void
changing(void)
{
	struct work work = { .useful = 100, .each = 20 };
	struct climb climb;

	climb_begin(&climb, 4, 4096, 0);
	check(go_on(&climb, &work, 120) > 80);
	work.useful = 10;
	check(go_on(&climb, &work, 240) < 20);
	work.useful = 50;
	check(go_on(&climb, &work, 240) > 40);
}

/* Nothing is known before there is something to measure. */
static void
nothing(void)
{
	struct work work = { .useful = 100, .each = 0 };
	struct climb climb;

	climb_begin(&climb, 4, 4096, 0);
	check(go_on(&climb, &work, 100) == 4);
}

TESTS("climb", { "as many as are of use", useful },
    { "also when that changes", changing },
    { "and none where nothing gets done", nothing })
