/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "chance.h"
#include "check.h"
#include "gantt.h"
#include "memory.h"

enum { STRETCHES = 400 };

static int
by_end(const void *left, const void *right)
{
	const struct stretch_of *a = left, *b = right;

	return (a->end > b->end) - (a->end < b->end);
}

/* Stretches of chance, in the order of their ends. */
static void
make(struct stretch_of *all, size_t count, uint64_t range)
{
	for (size_t i = 0; i < count; i++) {
		uint64_t start = chance_below(range) * 1000;

		all[i] = (struct stretch_of){ .start = start,
			.end = start + chance_from(1, range / 20 + 1) * 1000,
			.count = chance_from(1, 3),
			.first = i + 1,
			.last = i + 3 };
		all[i].failed = chance_below(all[i].count + 1);
	}
	qsort(all, count, sizeof(*all), by_end);
}

/* How many of them go on at once, at most: the least number of rows there can be. */
static size_t
at_once(const struct stretch_of *all, size_t count)
{
	size_t most = 0;

	for (size_t i = 0; i < count; i++) {
		size_t now = 0;

		/* Just after the start of each. */
		for (size_t k = 0; k < count; k++)
			now += all[k].start <= all[i].start && all[k].end > all[i].start;
		most = now > most ? now : most;
	}
	return most;
}

/* No bar is over another, and together they are all that was added. */
static void
look_at_rows(const struct gantt *gantt, const struct stretch_of *all, size_t count)
{
	uint64_t records = 0, failed = 0, busy = 0, want_records = 0, want_failed = 0,
		 want_busy = 0;

	for (size_t i = 0; i < count; i++) {
		want_records += all[i].count;
		want_failed += all[i].failed;
		want_busy += all[i].end - all[i].start;
	}
	for (size_t i = 0; i < gantt->count; i++) {
		const struct gantt_row *row = &gantt->rows[i];

		for (size_t k = 0; k < row->count; k++) {
			const struct gantt_bar *bar = &row->bars[k];

			check(bar->is.start <= bar->is.end);
			check(k == 0 || row->bars[k - 1].is.end <= bar->is.start);
			check(bar->busy <= bar->is.end - bar->is.start);
			records += bar->is.count;
			failed += bar->is.failed;
			busy += bar->busy;
		}
	}
	check_is(records, want_records);
	check_is(failed, want_failed);
	check_is(busy, want_busy);
}

static void
rows(void)
{
	struct stretch_of all[STRETCHES];

	for (uint64_t step = 1; step <= 300; step++) {
		struct gantt gantt = { 0 };
		struct gantt_rows of = { 0 };
		size_t count = chance_from(1, STRETCHES), least;

		check_at(step);
		make(all, count, chance_from(1, 3000));
		for (size_t i = 0; i < count; i++)
			check_is(gantt_add(&gantt, &of, 0, &all[i], 0), 0);
		least = at_once(all, count);
		check_is(gantt.count, least);
		check_is(of.count, gantt.count);
		look_at_rows(&gantt, all, count);
		free(of.free);
		gantt_free(&gantt);
	}
}

/* A start that rounding put before the end of the last: no more busy than it is long. */
static void
rounded(void)
{
	static const struct stretch_of all[] = {
		{ .start = 1000, .end = 9000, .count = 1 },
		{ .start = 8500, .end = 9100, .count = 1 },
		{ .start = 8600, .end = 8700, .count = 1 },
	};
	struct gantt gantt = { 0 };
	struct gantt_rows of = { 0 };

	gantt.width = 1;
	for (size_t i = 0; i < COUNT(all); i++)
		check_is(gantt_add(&gantt, &of, 0, &all[i], 1000), 0);
	check_is(gantt.count, 1);
	check_is(gantt.rows[0].count, 3);
	check_is(gantt.rows[0].bars[1].busy, 100);
	check_is(gantt.rows[0].bars[2].busy, 0);
	check_is(gantt.rows[0].busy, 8100);
	free(of.free);
	gantt_free(&gantt);
}

/* Far too many bars: fewer, which sum the others. */
static void
too_many(void)
{
	struct gantt gantt = { 0 };
	struct gantt_rows of[3] = { 0 };
	uint64_t records = 0, busy = 0, width;

	for (uint64_t i = 0; i < 100000; i++) {
		struct stretch_of one = { .start = i * 5000 + i % 3,
			.end = i * 5000 + 2000 + i % 3 * 4000,
			.count = 1,
			.first = i,
			.last = i };

		check_is(gantt_add(&gantt, &of[i % 3], i % 3, &one, 0), 0);
		check(gantt.bars <= GANTT_BARS);
	}
	width = gantt.width;
	check(width >= 8000 && width < 1 << 20);
	for (size_t i = 0; i < gantt.count; i++)
		for (size_t k = 0; k < gantt.rows[i].count; k++) {
			records += gantt.rows[i].bars[k].is.count;
			busy += gantt.rows[i].bars[k].busy;
		}
	check_is(records, 100000);
	check_is(busy, UINT64_C(33334) * 2000 + UINT64_C(33333) * (5999 + 9998));
	for (size_t i = 0; i < COUNT(of); i++)
		free(of[i].free);
	gantt_free(&gantt);
}

/* Without memory it says so, and leaves nothing behind. */
static void
little_memory(void)
{
	struct gantt gantt = { 0 };
	struct gantt_rows of = { 0 };

	for (uint64_t i = 0; i < 20; i++) {
		struct stretch_of one = {
			.start = i * 1000000, .end = i * 1000000 + 3000000, .count = 1
		};

		if (gantt_add(&gantt, &of, 0, &one, 0) < 0) {
			check(memory_failed());
			break;
		}
	}
	free(of.free);
	gantt_free(&gantt);
}

static void
torment(void)
{
	memory_torment(little_memory);
}

TESTS("gantt", { "rows are as few as can be, and hold all", rows },
    { "no bar is busier than long", rounded }, { "too many bars are summed", too_many },
    { "says when there is no memory", torment })
