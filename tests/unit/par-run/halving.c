/* SPDX-License-Identifier: ISC */
#include "halving.h"
#include "check.h"

enum { ROW = 32 }; /* failures, one after the other */

static void
rows(void)
{
	struct halving halving = { .on = true };

	check(!halving_may(&halving, 1));
	check(halving_may(&halving, 2));
	/* The last that is of use, and the first that is not. */
	for (unsigned i = 1; i <= ROW; i++) {
		check_at(i);
		check(halving_failed(&halving, 2));
		check(!halving_given_up(&halving));
	}
	check(!halving_may(&halving, 2));
	check(!halving_failed(&halving, 2));
	check(halving_given_up(&halving));
	check(!halving_failed(&halving, 2));
	check(!halving_given_up(&halving)); /* it is told once */
	for (int i = 0; i < 100; i++)
		check(!halving_failed(&halving, 2));
	check(!halving_given_up(&halving));
	/* A block of others says nothing of these; a piece that is done does. */
	halving_done(&halving, false);
	check(!halving_may(&halving, 2));
	halving_done(&halving, true);
	check(halving_may(&halving, 2));
}

/* A piece between that is done begins the count anew, and a record alone counts, too. */
static void
between(void)
{
	struct halving halving = { .on = true };

	for (unsigned i = 1; i < ROW; i++)
		check(halving_failed(&halving, 5));
	check(!halving_failed(&halving, 1));
	check(!halving_may(&halving, 5));
	halving_done(&halving, true);
	for (unsigned i = 1; i <= ROW; i++)
		check(halving_failed(&halving, 5));
	check(!halving_failed(&halving, 5));
}

static void
off(void)
{
	struct halving halving = { .on = false };

	for (int i = 0; i < 100; i++) {
		check(!halving_failed(&halving, 100));
		check(!halving_given_up(&halving));
	}
	check_is(halving.row, 0);
}

TESTS("halving", { "up to so many in a row", rows }, { "pieces done between", between },
    { "where no block is halved", off })
