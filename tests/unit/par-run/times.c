/* SPDX-License-Identifier: ISC */
#include "times.h"
#include "check.h"

enum { LONG = 20 };

/* What took long is nobody's time; who is given something next has all of theirs. */
static void
stalled(void)
{
	struct times times = { .now = 100 };
	uint64_t given_at;

	times_spent(&times, 1600, LONG);
	given_at = times_work(&times);
	check_is(given_at, 100);
	times_look(&times, 1603);
	check_is(times_work(&times) - given_at, 3);
}

/* Little counts as work; how much that may be is the caller's to say. */
static void
busy(void)
{
	struct times times = { .now = 100 };

	times_spent(&times, 100 + LONG - 1, LONG);
	check_is(times_work(&times), 100);
	times_look(&times, 100 + LONG - 1);
	check_is(times_work(&times), 100 + LONG - 1);
	times_spent(&times, 100 + 2 * LONG - 1, LONG);
	check_is(times_work(&times), 100 + LONG - 1);
	times_spent(&times, 100 + 2 * LONG, 0);
	times_look(&times, 100 + 2 * LONG + 5);
	check_is(times_work(&times), 100 + LONG + 4);
}

TESTS(
    "times", { "what took long is nobody's", stalled }, { "what is short is work", busy })
