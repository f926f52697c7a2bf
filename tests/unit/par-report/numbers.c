/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "amount.h"
#include "axis.h"
#include "chance.h"
#include "check.h"
#include "micro.h"
#include "quantiles.h"
#include "timeline.h"
#include "whatif.h"

enum { TIMES = 3000 };

static int
by_size(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* Against the sorted times: exact, or within what is stated. */
static void
quantiles(void)
{
	static const uint64_t at[] = { 1, 1000, 250000, 500000, 900000, 999000, 1000000 };
	static uint64_t times[TIMES];

	for (uint64_t step = 1; step <= 60; step++) {
		unsigned bits = chance_one_in(2) ? QUANTILES_FINE : QUANTILES_COARSE;
		uint64_t unit = chance_one_in(2) ? 1000 : 1,
			 range = chance_from(1, 1 << 20);
		size_t count = chance_from(1, TIMES);
		struct quantiles all;

		check_at(step);
		check_is(quantiles_open(&all, bits), 0);
		for (size_t i = 0; i < count; i++) {
			times[i] =
			    chance_below(range) * chance_below(range) / range * unit;
			quantiles_add(&all, times[i]);
		}
		qsort(times, count, sizeof(times[0]), by_size);
		for (size_t i = 0; i < COUNT(at); i++) {
			size_t rank = (size_t)((count * at[i] + 999999) / 1000000);
			uint64_t want = times[rank == 0 ? 0 : rank - 1];
			uint64_t got = quantiles_at(&all, at[i]);
			uint64_t off = got > want ? got - want : want - got;

			check(off <= want >> bits);
			if (want < UINT64_C(1) << bits ||
			    (all.unit == 1000 && want < UINT64_C(1000) << bits))
				check_is(got, want);
		}
		check_is(all.least, times[0]);
		check_is(all.most, times[count - 1]);
		quantiles_close(&all);
	}
}

/* Each bucket begins where it says. */
static void
buckets(void)
{
	struct quantiles all;

	check_is(quantiles_open(&all, QUANTILES_COARSE), 0);
	for (size_t i = 0; i + 1 < quantiles_buckets(&all); i++)
		check(quantiles_least(&all, i) < quantiles_least(&all, i + 1));
	quantiles_add(&all, UINT64_MAX);
	check_is(all.most, MICRO_MOST);
	check_is(quantiles_at(&all, 500000), MICRO_MOST);
	quantiles_close(&all);
}

/* Steps hold all that was added, wherever it came, and work where it was. */
static void
steps(void)
{
	for (uint64_t step = 1; step <= 200; step++) {
		struct timeline line = { 0 };
		uint64_t done = 0, failed = 0, busy = 0, got_done = 0, got_failed = 0,
			 got_busy = 0, range = chance_from(1, UINT64_C(1) << 36);

		check_at(step);
		for (int i = 0; i < 200; i++) {
			uint64_t start = UINT64_C(1700000000000000) + chance_below(range);
			uint64_t end = start + chance_below(range / 10 + 1);
			uint64_t one = chance_below(3), other = chance_below(2);

			timeline_end(&line, end, one, other);
			timeline_work(&line, start, end);
			done += one;
			failed += other;
			busy += end - start;
			check(line.count <= TIMELINE_STEPS);
			check(line.first * line.width <= start);
			check((line.first + line.count) * line.width >= end);
		}
		for (size_t i = 0; i < line.count; i++) {
			got_done += line.steps[i].done;
			got_failed += line.steps[i].failed;
			got_busy += line.steps[i].busy;
			check(line.steps[i].busy <= line.width * 200);
		}
		check_is(got_done, done);
		check_is(got_failed, failed);
		check_is(got_busy, busy);
	}
}

/* The plainest schedule there is. */
static uint64_t
schedule(const struct whatif_job *jobs, size_t count, size_t workers)
{
	uint64_t *ends = calloc(workers, sizeof(*ends)), last = 0;

	check(ends != NULL);
	for (size_t i = 0; i < count; i++) {
		size_t first = 0;

		for (size_t k = 1; k < workers; k++)
			if (ends[k] < ends[first])
				first = k;
		ends[first] += jobs[i].took;
		last = ends[first] > last ? ends[first] : last;
	}
	free(ends);
	return last;
}

static void
schedules(void)
{
	static struct whatif_job jobs[TIMES];

	for (uint64_t step = 1; step <= 10; step++) {
		struct whatif whatif = { 0 };
		size_t count = chance_from(1, TIMES), there = chance_from(1, 9);

		check_at(step);
		for (size_t i = 0; i < count; i++) {
			/* in rising order, and told in another one */
			jobs[i] = (struct whatif_job){ i * 10,
				1 + chance_below(1000) * chance_below(1000) };
		}
		for (size_t i = count; i-- > 0;)
			check_is(whatif_add(&whatif, jobs[i].start, jobs[i].took), 0);
		check_is(whatif_add(&whatif, 5, 0), 0);
		check_is(whatif_answer(&whatif, there), 0);
		check(whatif.answers_count >= 7);
		for (size_t i = 0; i < whatif.answers_count; i++) {
			check(i == 0 ||
			    whatif.answers[i].workers > whatif.answers[i - 1].workers);
			check_is(whatif.answers[i].took,
			    schedule(jobs, count, whatif.answers[i].workers));
		}
		check_is(whatif.answers[0].took, whatif.total);
		whatif_free(&whatif);
	}
}

static void
seconds(void)
{
	static const struct {
		const char *text;
		long long micros; /* -1: none */
	} rows[] = { { "0", 0 }, { "1", 1000000 }, { "1.5", 1500000 },
		{ "   12.345", 12345000 }, { "0.0000019", 1 },
		{ "1700000000.123", 1700000000123000 },
		{ "99999999999.999999", 99999999999999999 },
		{ "100000000000", 100000000000000000 }, { "100000000000.1", -1 },
		{ "100000000001", -1 }, { "", -1 }, { " ", -1 }, { ".", -1 },
		{ "1.", -1 }, { ".5", -1 }, { "1.5 ", -1 }, { "-1", -1 }, { "1e3", -1 },
		{ "99999999999999999999999", -1 } };

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t got = 7;
		int result = micro_parse(rows[i].text, strlen(rows[i].text), &got);

		check_at(i);
		check_is(result, rows[i].micros < 0 ? -1 : 0);
		check_is(got, rows[i].micros < 0 ? 7 : rows[i].micros);
	}
}

static void
check_amount(void (*put)(struct bytes *, uint64_t), uint64_t value, const char *want)
{
	struct bytes text = { 0 };

	put(&text, value);
	check_bytes(text.data, text.len, want, strlen(want));
	bytes_free(&text);
}

static void
amounts(void)
{
	static const struct {
		void (*put)(struct bytes *, uint64_t);
		uint64_t value;
		const char *text;
	} rows[] = { { amount_count, 0, "0" }, { amount_count, 999, "999" },
		{ amount_count, 1000, "1,000" }, { amount_count, 1234567, "1,234,567" },
		{ amount_time, 0, "0 s" }, { amount_time, 999, "999 us" },
		{ amount_time, 1500, "1.5 ms" }, { amount_time, 532000, "532 ms" },
		{ amount_time, 999499, "999 ms" }, { amount_time, 999500, "1.000 s" },
		{ amount_time, 9999000, "9.999 s" }, { amount_time, 12345000, "12.35 s" },
		{ amount_time, 59994999, "59.99 s" },
		{ amount_time, 59999000, "1 min 00 s" },
		{ amount_time, 3599600000, "1 h 00 min" },
		{ amount_time, UINT64_C(90000000000), "1 d 1 h" },
		{ amount_bytes, 999, "999 B" }, { amount_bytes, 1000, "1.0 kB" },
		{ amount_bytes, 9949, "9.9 kB" }, { amount_bytes, 12345678, "12 MB" },
		{ amount_bytes, 999600, "1.0 MB" }, { amount_bytes, UINT64_MAX, "18 EB" },
		{ amount_exact, 1500000, "1.5" }, { amount_exact, 1, "0.000001" },
		{ amount_exact, 3000000, "3" } };

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i);
		check_amount(rows[i].put, rows[i].value, rows[i].text);
	}
}

/* Ticks rise from 0, are not too many, and reach what there is. */
static void
axes(void)
{
	for (uint64_t step = 1; step <= 3000; step++) {
		uint64_t value = chance_from(1, UINT64_C(1) << chance_from(1, 50));
		struct axis axis;

		check_at(step);
		axis_values(&axis, (double)value / 1000);
		check(axis.count >= 2 && axis.count <= 7);
		check(axis.most >= (double)value / 1000 * 0.999999);
		check(axis.ticks[axis.count - 1].at > 0.999);
		axis_time(&axis, value);
		check(axis.count >= 2 && axis.count <= AXIS_TICKS);
		for (size_t i = 0; i < axis.count; i++) {
			check(axis.ticks[i].at >= 0 && axis.ticks[i].at <= 1.000001);
			check(i == 0 || axis.ticks[i].at > axis.ticks[i - 1].at);
			check(i == 0 ||
			    strcmp(axis.ticks[i].text, axis.ticks[i - 1].text) != 0);
		}
	}
}

TESTS("report numbers", { "quantiles are those of the sorted times", quantiles },
    { "buckets rise", buckets }, { "steps of a timeline hold all", steps },
    { "schedules are those of the plainest one", schedules }, { "seconds", seconds },
    { "amounts", amounts }, { "axes", axes })
