/* SPDX-License-Identifier: ISC */
/*
 * A worker is played that takes so long for a record, and works on so many at once.
 */
#include <string.h>

#include "chance.h"
#include "check.h"
#include "credit.h"

static const struct credit_plan plan = { .fast = 4000, .slow = 20000, .unknown = 4000 };

/* So many intervals of a worker that needs record_ns for each; the credit stays in its
 * limits. */
static void
play(struct credit *credit, uint64_t record_ns, uint64_t most, int intervals)
{
	uint64_t now = 1;

	credit_starved(credit);
	for (int i = 0; i < intervals; i++) {
		uint64_t given = credit->records, before = credit->records;
		bool changed;

		check_at((uint64_t)i + 1);
		credit_given(credit, now);
		credit_given(credit, now + 1); /* the interval goes on */
		check(given == 1 || !credit_acks(credit, given - 1));
		check(credit_acks(credit, 1));
		now += given * record_ns;
		changed = credit_sample(credit, &plan, most, now);
		check(changed == (credit->records != before));
		check(credit->records >= 1 && credit->records <= most);
		check_is(credit->last_acks, given);
		check_is(credit->last_took, given * record_ns);
	}
}

/* Fast ones get more up to the limit, slow ones few but at least as many as they work on.
 */
static void
adapts(void)
{
	static const struct {
		uint64_t jobs, window, ns, records;
	} rows[] = {
		{ 1, 0, 1, 4096 }, /* 4 us an interval */
		{ 1, 64, 1, 64 },
		{ 1, 0, 100, 64 }, /* 6.4 us are neither fast nor slow */
		{ 1, 0, 5000, 1 },
		{ 8, 0, 100000, 8 },
		{ 8, 5, 100000, 5 },
		{ 3, 0, 1000, 6 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hello hello = { .jobs = rows[i].jobs, .window = rows[i].window };
		uint64_t most = credit_most(&hello, UINT64_MAX);
		struct credit credit;

		credit_start(&credit);
		check(credit.records == 1 && credit.least == 1);
		credit_hello(&credit, &hello, most);
		play(&credit, rows[i].ns, most, 40);
		check_at(i);
		check_is(credit.records, rows[i].records);
	}
}

/* One that has slowed down gives back what it has, to the least and no further. */
static void
gives_back(void)
{
	struct credit credit = { .records = 1000, .least = 4 };

	play(&credit, 1, 5000, 10);
	check_is(credit.records, 4000);
	play(&credit, 100000, 5000, 20);
	check_is(credit.records, 7);
}

static void
limits(void)
{
	static const struct {
		uint64_t jobs, window, told, most, first;
	} rows[] = {
		{ 1, 0, UINT64_MAX, CREDIT_MOST, 1 },
		{ 1, 0, CREDIT_MOST - 1, CREDIT_MOST - 1, 1 },
		{ 7, 10, UINT64_MAX, 10, 7 },
		{ 10, 10, 9, 9, 9 },
		{ 12, 10, 11, 10, 10 },
		{ 1, 1 << 20, UINT64_MAX, 1 << 20, 1 },
		{ CREDIT_MOST, 0, UINT64_MAX, CREDIT_MOST, CREDIT_MOST },
		{ CREDIT_MOST + 1, 0, UINT64_MAX, CREDIT_MOST + 1, CREDIT_MOST + 1 },
		{ CREDIT_MOST + 1, 0, 5, 5, 5 },
	};
	struct credit credit;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct hello hello = { .jobs = rows[i].jobs,
			.window = rows[i].window };

		check_at(i);
		check_is(credit_most(&hello, rows[i].told), rows[i].most);
		credit_start(&credit);
		credit_hello(&credit, &hello, rows[i].told);
		check_is(credit.records, rows[i].first);
		check_is(credit.least, rows[i].jobs);
	}
	credit.records = 5;
	credit_double(&credit, 11);
	check_is(credit.records, 10);
	credit_double(&credit, 11);
	check_is(credit.records, 11);
	credit.records = UINT64_MAX - 1;
	credit_double(&credit, UINT64_MAX);
	check(credit.records == UINT64_MAX);
}

/*
 * One that works on more or fewer at once than it said before has as many for each of
 * them; and no fewer than one, whatever it was held to.
 */
static void
says_again(void)
{
	static const struct {
		uint64_t least, records, jobs, told, now;
	} rows[] = {
		{ 1, 1, 4, UINT64_MAX, 4 },
		{ 4, 4, 1, UINT64_MAX, 1 },
		{ 4, 4000, 8, UINT64_MAX, 8000 },
		{ 8, 8000, 2, UINT64_MAX, 2000 },
		{ 4, 1, 6, UINT64_MAX, 6 }, /* it was told to have one */
		{ 4, 1, 6, 3, 3 },
		{ 3, 10, 3, UINT64_MAX, 9 },
		{ 1, CREDIT_MOST, 2, UINT64_MAX, CREDIT_MOST },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct hello hello = { .jobs = rows[i].jobs };
		struct credit credit = { .records = rows[i].records,
			.least = rows[i].least };

		check_at(i);
		credit_hello(&credit, &hello, rows[i].told);
		check_is(credit.records, rows[i].now);
		check_is(credit.least, rows[i].jobs);
	}
}

/* An interval in which it waited for us tells nothing of it: it counts as what the plan
 * says.
 */
static void
unmeasured(void)
{
	const struct credit_plan eager = { .fast = 4000, .slow = 20000, .unknown = 0 };
	struct credit credit = { .records = 8, .least = 1 };

	credit_given(&credit, 1);
	credit_starved(&credit);
	check(credit_acks(&credit, 8));
	check(!credit_sample(&credit, &plan, 100, 1000000));
	check(credit.records == 8 && credit.last_took == 0 && !credit_is_slow(&credit));
	credit_starved(&credit);
	check(!credit_acks(&credit, 7));
	check(credit_acks(&credit, 1));
	check(credit_sample(&credit, &eager, 100, 2000000));
	check_is(credit.records, 16);
	/* What was finished before records were given is of no interval. */
	credit_starved(&credit);
	check(!credit_acks(&credit, 15));
	credit_given(&credit, 3000000);
	check(!credit_acks(&credit, 15));
	check(credit_acks(&credit, 1));
}

/* The shares of all places never sum up to more than half of what is ready, but for the
 * least of each. */
static void
fair(void)
{
	for (int i = 0; i < 10000; i++) {
		uint64_t places = chance_from(1, 64), ready = chance_below(100000),
			 sum = 0;
		struct credit credit = { .least = chance_from(1, 20) };

		check_at((uint64_t)i);
		for (uint64_t k = 0; k < places; k++) {
			uint64_t has = chance_below(2000);
			uint64_t more = credit_fair(&credit, ready, places, has);

			check(more == 0 || has + more >= credit.least);
			sum += more;
		}
		check(sum <= ready / 2 + places * credit.least);
	}
	check(credit_is_slow(&(struct credit){ .last_acks = 10, .last_took = 200000 }));
	check(!credit_is_slow(&(struct credit){ .last_acks = 10, .last_took = 199999 }));
}

TESTS("credit", { "fast ones get more, slow ones less", adapts },
    { "one that slows down gives back", gives_back }, { "limits", limits },
    { "one that says hello again goes on", says_again },
    { "an interval that measures nothing", unmeasured }, { "shares are fair", fair })
