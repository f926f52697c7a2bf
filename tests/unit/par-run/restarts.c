/* SPDX-License-Identifier: ISC */
/*
 * How many deaths are too many, and how far a worker may read ahead: limits of options.
 */
#include <string.h>

#include "ahead.h"
#include "chance.h"
#include "check.h"
#include "memory.h"
#include "restarts.h"

static void
reading(void)
{
	static const struct {
		const char *value;
		bool right;
		uint64_t most, within;
	} rows[] = {
		{ "0", true, 0, 0 },
		{ "5", true, 5, 0 },
		{ "100000", true, 100000, 0 },
		{ "100001", false, 0, 0 },
		{ "5/1s", true, 5, 1000 },
		{ "5/0.001", true, 5, 1 },
		{ "5/0", false, 0, 0 },
		{ "0/1h", true, 0, 3600000 },
		{ "5/", false, 0, 0 },
		{ "/5", false, 0, 0 },
		{ "", false, 0, 0 },
		{ "x", false, 0, 0 },
		{ "5/1/1", false, 0, 0 },
		{ "5/9223372036854775807ms", true, 5, INT64_MAX },
		{ "5/9223372036854775808ms", false, 0, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct restarts_limit limit = { .most = 77 };

		check_at(i + 1);
		check((restarts_read(&limit, rows[i].value) == NULL) == rows[i].right);
		check_is(limit.most, rows[i].right ? rows[i].most : 77);
		check_is(limit.given, rows[i].right);
		check_is(limit.within, rows[i].within);
	}
}

/* In a row: the last that is allowed, one more, and again after some progress. */
static void
in_a_row(void)
{
	static const struct {
		struct restarts_limit limit;
		uint64_t workers, most;
	} rows[] = {
		{ { .given = false }, 1, 10 },
		{ { .given = false }, 5, 10 },
		{ { .given = false }, 6, 12 },
		{ { .given = false }, 100, 200 },
		{ { .given = true, .most = 3 }, 100, 3 },
		{ { .given = true, .most = 0 }, 100, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct restarts restarts;

		check_at(i + 1);
		check_is(restarts_open(&restarts, &rows[i].limit), 0);
		for (int round = 0; round < 2; round++) {
			for (uint64_t n = 0; n < rows[i].most; n++) {
				restarts_count(&restarts, n);
				check(!restarts_over(&restarts, rows[i].workers));
			}
			restarts_count(&restarts, 1000);
			check(restarts_over(&restarts, rows[i].workers));
			restarts_progress(&restarts);
			check(!restarts_over(&restarts, rows[i].workers));
		}
		restarts_close(&restarts);
	}
}

/* Within a time: beside it the list of all deaths there were. */
static void
within(void)
{
	enum { DEATHS = 200 };

	for (uint64_t step = 1; step <= 2000; step++) {
		struct restarts_limit limit = { .given = true,
			.most = chance_below(6),
			.within = chance_from(1, 50) };
		struct restarts restarts;
		uint64_t deaths[DEATHS], now = chance_below(10);
		bool over = false;

		check_at(step);
		check_is(restarts_open(&restarts, &limit), 0);
		for (size_t n = 0; n < DEATHS; n++) {
			now += chance_below(chance_one_in(3) ? 4 : 40);
			deaths[n] = now;
			restarts_count(&restarts, now);
			restarts_progress(&restarts); /* does not matter here */
			/* One more than most, of which the first is no longer ago. */
			over = over ||
			    (n >= limit.most &&
				now - deaths[n - limit.most] <= limit.within);
			check_is(restarts_over(&restarts, 1), over);
		}
		restarts_close(&restarts);
	}
}

static void
starve(void)
{
	const struct restarts_limit limit = { .given = true, .most = 3, .within = 10 };
	struct restarts restarts;

	check(restarts_open(&restarts, &limit) == 0 || memory_failed());
	restarts_close(&restarts);
}

static void
starves(void)
{
	memory_torment(starve);
}

static void
ahead(void)
{
	static const struct {
		const char *value;
		bool right;
		uint64_t bytes, records;
	} rows[] = {
		{ "1", true, 1, 1 << 20 },
		{ "64M", true, 64 << 20, 1 << 20 },
		{ "64M/7", true, 64 << 20, 7 },
		{ "1K/1", true, 1024, 1 },
		{ "0", false, 0, 0 },
		{ "1K/0", false, 0, 0 },
		{ "1K/", false, 0, 0 },
		{ "/5", false, 0, 0 },
		{ "", false, 0, 0 },
		{ "256T", true, UINT64_C(1) << 48, 1 << 20 },
		{ "257T", false, 0, 0 },
		{ "1/281474976710656", true, 1, UINT64_C(1) << 48 },
		{ "1/281474976710657", false, 0, 0 },
		{ "0000000000000000000000000000001", true, 1, 1 << 20 },
		{ "00000000000000000000000000000001", false, 0, 0 },
		{ "1K/5x", false, 0, 0 },
	};
	struct ahead_limit limit;

	ahead_default(&limit);
	check_is(limit.bytes, 64 << 20);
	check_is(limit.records, 1 << 20);
	check(!limit.given);
	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		limit = (struct ahead_limit){ .bytes = 77 };
		check((ahead_read(&limit, rows[i].value) == NULL) == rows[i].right);
		check_is(limit.bytes, rows[i].right ? rows[i].bytes : 77);
		check_is(limit.records, rows[i].records);
		check_is(limit.given, rows[i].right);
	}
}

static void
ahead_times_many(void)
{
	const uint64_t most = UINT64_C(1) << 48;
	struct ahead_limit limit = { .bytes = 3, .records = most / 2, .given = true };

	check_is(ahead_times(&limit, 1).bytes, 3);
	check_is(ahead_times(&limit, 5).bytes, 15);
	check(ahead_times(&limit, 5).given);
	check_is(ahead_times(&limit, 1).records, most / 2);
	check_is(ahead_times(&limit, 2).records, most);
	check_is(ahead_times(&limit, 3).records, most);
	check_is(ahead_times(&limit, UINT64_MAX).bytes, most);
	limit.given = false;
	check(!ahead_times(&limit, 5).given);
}

TESTS("restarts", { "what an option says", reading }, { "in a row", in_a_row },
    { "within a time, beside a list", within }, { "without memory", starves },
    { "ahead: what an option says", ahead },
    { "ahead: so many times as much", ahead_times_many })
