/* SPDX-License-Identifier: ISC */
#include "link_break.h"
#include "check.h"

/* A break begins with a link that was made after the last, and a second later. */
static void
which_break(void)
{
	struct link_break cut = { 0 };

	check(link_break_add(&cut, 0, 0, 7));
	check_is(cut.number, 1);
	check(!link_break_add(&cut, 0, 5000, 9)); /* it stood */
	check_is(cut.lone_from, 0); /* but not at one time */
	check(link_break_add(&cut, 1, 5000, 9));
	check_is(cut.number, 2);
	check(!link_break_add(&cut, 5000, 9000, 9)); /* made as that broke */
	check(!link_break_add(&cut, 5001, 5000 + LINK_BREAK_TOGETHER - 1, 9));
	check_is(cut.number, 2);
	check(link_break_add(&cut, 5001, 5000 + LINK_BREAK_TOGETHER, 9));
	check_is(cut.number, 3);
	check_is(cut.lone_from, 0);
}

/* Others that broke at one time: what they had is not why. */
static void
together(void)
{
	struct link_break cut = { 0 };

	check(link_break_add(&cut, 0, 1000, 7));
	check(!link_break_add(&cut, 0, 1999, 7)); /* the same record had gone there */
	check_is(cut.lone_from, 0);
	check(!link_break_add(&cut, 0, 2000, 8));
	check_is(cut.lone_from, 0);
	check(!link_break_add(&cut, 0, 1999, 8));
	check_is(cut.lone_from, 2);
}

/* Who is alone at three breaks in a row is to blame, at whatever links. */
static void
blamed(void)
{
	struct link_break cut = { 0 };
	struct batch it = { 0 }, other = { 0 };
	uint64_t now = 0;

	for (unsigned k = 1; k <= 9; k++) {
		now += 10000;
		check_at(k);
		check(link_break_add(&cut, now - 1, now, 3));
		check(link_break_blames(&cut, &it) == ((k >= 3 && k <= 5) || k >= 8));
		if (k == 5) { /* one more link at that time */
			link_break_add(&cut, 0, now, 4);
			check(!link_break_blames(&cut, &other));
		}
		/* the next link, too, within the same break */
		link_break_add(&cut, 0, now + 10, 3);
		check(link_break_blames(&cut, &it) == (k == 3 || k == 4 || k >= 8));
	}
}

TESTS("link break", { "which links are of one", which_break },
    { "some at one time", together }, { "a record to blame", blamed })
