/* SPDX-License-Identifier: ISC */
/*
 * How many deaths are too many, when the next one is started, and starts that fail.
 */
#include <errno.h>
#include <string.h>

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

	check((restarts_open(&restarts, &limit) == 0) == (restarts.times != NULL));
	check(restarts.times != NULL || memory_failed());
	restarts_close(&restarts);
}

static void
starves(void)
{
	memory_torment(starve);
}

/* After so many deaths in a row, ms. */
static void
waits(void)
{
	static const uint64_t rows[] = { 0, 0, 10, 20, 40, 80, 160, 320, 640, 1000,
		1000 };
	struct restarts restarts = { .limit = { .given = true, .most = 100 } };

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i);
		check_is(restarts_wait(&restarts), rows[i]);
		restarts_count(&restarts, 0);
	}
	restarts_progress(&restarts);
	check_is(restarts_wait(&restarts), 0);
}

/* Rows: a start that fails, and what follows. */
static void
failing(void)
{
	static const struct {
		int error;
		bool ever;
		size_t others;
		enum restarts_next next;
	} rows[] = {
		{ ENOENT, false, 0, RESTARTS_NEVER },
		{ EACCES, false, 0, RESTARTS_NEVER },
		{ EMFILE, false, 0, RESTARTS_NEVER },
		{ ETXTBSY, false, 0, RESTARTS_DEATH },
		{ EAGAIN, false, 0, RESTARTS_DEATH },
		{ ENOMEM, false, 0, RESTARTS_DEATH },
		{ ENFILE, false, 0, RESTARTS_DEATH },
		{ ENOENT, true, 0, RESTARTS_DEATH },
		{ ENOENT, true, 3, RESTARTS_DEATH },
		{ ETXTBSY, true, 3, RESTARTS_DEATH },
		{ EMFILE, true, 0, RESTARTS_DEATH },
		{ EMFILE, true, 3, RESTARTS_FEWER },
		{ EAGAIN, true, 1, RESTARTS_FEWER },
		{ ENOMEM, true, 1, RESTARTS_FEWER },
		{ ENFILE, true, 1, RESTARTS_FEWER },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct restarts restarts = { .limit = { .given = true, .most = 100 } };

		check_at(i);
		if (rows[i].ever)
			restarts_begun(&restarts, 0);
		check(restarts_may(&restarts, rows[i].others, 0));
		check_is(restarts_failed(&restarts, rows[i].error, rows[i].others, 1000),
		    rows[i].next);
		check_is(restarts.error, rows[i].error);
		check_is(restarts.row, rows[i].next == RESTARTS_DEATH);
		if (rows[i].next == RESTARTS_NEVER)
			continue;
		check(!restarts_may(&restarts, rows[i].others, 1009));
		check(restarts_may(&restarts, rows[i].others, 1010));
	}
}

/* With fewer there is room at once; one more, and the next failure is the first again. */
static void
fewer(void)
{
	struct restarts restarts = { .limit = { .given = true, .most = 100 } };

	restarts_begun(&restarts, 0);
	check_is(restarts_failed(&restarts, EAGAIN, 3, 1000), RESTARTS_FEWER);
	check(restarts_may(&restarts, 2, 1000));
	check(!restarts_may(&restarts, 3, 1000));
	restarts_begun(&restarts, 2); /* it only takes the place of one that ended */
	check_is(restarts_failed(&restarts, EAGAIN, 3, 1010), RESTARTS_FEWER);
	check(!restarts_may(&restarts, 3, 1029));
	check(restarts_may(&restarts, 3, 1030));
	restarts_begun(&restarts, 3);
	check_is(restarts_failed(&restarts, EAGAIN, 4, 2000), RESTARTS_FEWER);
	check(restarts_may(&restarts, 4, 2010));
	check_is(restarts.row, 0);
}

static unsigned said;

static void __attribute__((format(printf, 1, 2))) count_line(const char *format, ...)
{
	(void)format;
	said++;
}

/* Of one place: each error is told once, until there is another one. */
static void
again(void)
{
	static const struct says says = { .line = count_line };
	static const struct {
		int error, status;
		unsigned said;
	} rows[] = {
		{ EAGAIN, 0, 1 },
		{ EAGAIN, 0, 1 },
		{ ETXTBSY, 0, 2 },
		{ ETXTBSY, 0, 2 },
		{ EAGAIN, 0, 3 },
		{ ENOENT, -1, 3 },
	};
	struct restarts restarts = { .limit = { .given = true, .most = 4 } };

	said = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t now = 1000 * (i + 1);

		check_at(i);
		check_is(restarts_again(&restarts, rows[i].error, now, &says, "x") == 0,
		    rows[i].status == 0);
		check_is(said, rows[i].said);
		check_is(restarts_over(&restarts, 1), i >= 4);
		check(rows[i].status < 0 || restarts.next_at == now + (10U << i));
	}
}

TESTS("restarts", { "what an option says", reading }, { "in a row", in_a_row },
    { "within a time, beside a list", within }, { "without memory", starves },
    { "how long a place stays empty", waits },
    { "what follows from a start that failed", failing },
    { "of the only place there is", again },
    { "fewer, as long as there is no room for more", fewer })
