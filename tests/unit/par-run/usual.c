/* SPDX-License-Identifier: ISC */
/*
 * How long records usually take.
 */
#include "usual.h"
#include "check.h"

static void
median(void)
{
	struct usual usual = { .all = 0 };

	usual_add(&usual, 5);
	usual_add(&usual, 5);
	usual_add(&usual, 1000000);
	check_is(usual_time(&usual), 5);
	for (unsigned i = 0; i < 4; i++)
		usual_add(&usual, 0);
	check_is(usual_time(&usual), 0);
	check_is(usual_beyond(&usual, 2000, 7), 7);
}

static void
few(void)
{
	struct usual usual = { .all = 0 };

	check_is(usual_time(&usual), UINT64_MAX);
	check_is(usual_beyond(&usual, 2000, 1), UINT64_MAX);
	usual_add(&usual, 3);
	check_is(usual_time(&usual), 3);
	usual_add(&usual, 12);
	check_is(usual_time(&usual), 12);
	check_is(usual_beyond(&usual, 2000, 1), 24);
	usual_add(&usual, 3); /* the median from now on */
	check_is(usual_time(&usual), 3);
}

/* What it says of one time is no less, and an eighth more at most. */
static void
close_to_it(void)
{
	for (uint64_t took = 1; took < UINT64_C(1) << 40; took += took / 7 + 1) {
		struct usual usual = { .all = 0 };

		for (unsigned i = 0; i < USUAL_FEW; i++)
			usual_add(&usual, took);
		check(usual_time(&usual) >= took);
		check(usual_time(&usual) <= took + took / 8);
	}
}

static void
beyond(void)
{
	struct usual usual = { .all = 0 };

	for (unsigned i = 0; i < 9; i++)
		usual_add(&usual, i < 5 ? 10 : 4000);
	check_is(usual_beyond(&usual, 1500, 1), 15);
	check_is(usual_beyond(&usual, 1500, 20), 20);
	for (unsigned i = 0; i < 9; i++)
		usual_add(&usual, UINT64_MAX);
	check_is(usual_beyond(&usual, UINT64_MAX, 1), UINT64_MAX);
}

TESTS("usual", { "half of them took no longer", median }, { "the longest of a few", few },
    { "times are told apart", close_to_it }, { "beyond what is usual", beyond })
