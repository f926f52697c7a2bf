/* SPDX-License-Identifier: ISC */
#include "outlook.h"
#include "check.h"

/* So many marks, ms apart, each with the next of rates more done. */
static struct outlook
marked(size_t marks, uint64_t ms, const uint64_t *rates, size_t count)
{
	struct outlook outlook;
	uint64_t done = 0;

	outlook_begin(&outlook, 1000, 0);
	for (size_t i = 0; i < marks; i++) {
		done += rates[i % count];
		check(outlook_is_due(&outlook, 1000 + (i + 1) * ms));
		outlook_mark(&outlook, 1000 + (i + 1) * ms, done);
	}
	return outlook;
}

static void
even(void)
{
	const uint64_t rate = 100;
	struct outlook outlook = marked(10, 1000, &rate, 1);
	struct outlook_left left;

	check(outlook_left(&outlook, 6000, &left));
	check(!left.open);
	check_is(left.least, 60);
	check_is(left.most, 60);
}

/*
 * Rates of 100 and 300 a second in turn, ten of them: the mean is 200, the deviation of
 * each 100, the standard error of the mean 100 / 3, two of them 66.7.
 */
static void
uneven(void)
{
	const uint64_t rates[] = { 100, 300 };
	struct outlook outlook = marked(10, 1000, rates, 2);
	struct outlook_left left;

	check(outlook_left(&outlook, 8000, &left));
	check(!left.open);
	check_is(left.least, 30); /* 8000 / 266.7 */
	check_is(left.most, 60); /* 8000 / 133.3 */
}

static void
no_telling(void)
{
	const uint64_t rates[] = { 0, 0, 0, 0, 0, 900 }, nothing = 0, some = 5;
	struct outlook outlook = marked(4, 1000, &some, 1);
	struct outlook_left left;

	check(!outlook_left(&outlook, 1, &left)); /* too few */
	outlook = marked(10, 1000, &nothing, 1);
	check(!outlook_left(&outlook, 1, &left));
	outlook = marked(6, 1000, rates, 6); /* nothing, and then a lot */
	check(outlook_left(&outlook, 900, &left));
	check(left.open);
	check(left.least < 6);
}

/* However long it goes on, there are windows enough, of the same length. */
static void
goes_on(void)
{
	const uint64_t rate = 7;
	struct outlook outlook;
	struct outlook_left left;
	uint64_t now = 0, done = 0;

	outlook_begin(&outlook, 0, 0);
	for (size_t i = 0; i < 100000; i++) {
		now += OUTLOOK_FIRST;
		done += rate;
		outlook_mark(&outlook, now, done);
		check(outlook.marks <= OUTLOOK_WINDOWS + 1);
		check(outlook.done[0] == 0);
		if (i > 2 * OUTLOOK_WINDOWS)
			check(outlook.marks > OUTLOOK_WINDOWS / 2);
	}
	check(outlook_left(&outlook, done, &left));
	check(!left.open && left.least == left.most);
	check_is(left.least, now / 1000);
}

TESTS("outlook", { "an even rate is sure", even }, { "an uneven one is less", uneven },
    { "where there is no telling", no_telling }, { "goes on and on", goes_on })
