/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "chance.h"
#include "check.h"
#include "sorted.h"

/* A number of hundredths, written in one of the ways that it may be. */
static struct field
write_number(char *text, size_t size, long hundredths)
{
	static const char *const blanks[] = { "", " ", "\t " },
				 *const zeros[] = { "", "00" },
				 *const ends[] = { "", "0", "x7", "e9" };
	long magnitude = hundredths < 0 ? -hundredths : hundredths;
	int len = snprintf(text, size, "%s%s%s%ld.%02ld%s", blanks[chance_below(3)],
	    hundredths < 0 || (hundredths == 0 && chance_one_in(2)) ? "-" : "",
	    zeros[chance_below(2)], magnitude / 100, magnitude % 100,
	    ends[chance_below(4)]);

	return (struct field){ text, (size_t)len };
}

static int
sign(long value)
{
	return (value > 0) - (value < 0);
}

/* Written in whichever way, numbers are in their order; then records by their bytes. */
static void
numbers(void)
{
	const struct gather_plan plan = { .numeric = true };

	for (uint64_t step = 1; step <= 20000; step++) {
		long range = chance_one_in(2) ? 300 : 3000000;
		long a = (long)chance_below((uint64_t)range) - range / 2;
		long b = (long)chance_below((uint64_t)range) - range / 2;
		char texts[2][64];
		struct sorted x, y;
		int want;

		check_at(step);
		sorted_look(&plan, write_number(texts[0], sizeof(texts[0]), a), &x);
		sorted_look(&plan, write_number(texts[1], sizeof(texts[1]), b), &y);
		want = a != b ? sign(a - b) : sign(strcmp(texts[0], texts[1]));
		check_is(sign(sorted_compare(&plan, &x, &y)), want);
		check_is(sign(sorted_compare(&plan, &y, &x)), -want);
	}
}

/* What sort(1) makes of what is hardly a number, each row before the next. */
static void
rows(void)
{
	static const char *const all[] = { "-100000000000000000000000000000000000000001",
		"-100000000000000000000000000000000000000000", "-1", "-.5", "", "+7", "-",
		"-.0", ".", "0", "NA", ".0001", ".001", "00.5", " 7", "7.0", "7.1",
		"100000000000000000000000000000000000000000",
		"100000000000000000000000000000000000000001" };
	struct gather_plan plan = { .numeric = true };

	for (size_t i = 1; i < COUNT(all); i++) {
		struct sorted a, b;

		check_at(i);
		sorted_look(&plan, (struct field){ all[i - 1], strlen(all[i - 1]) }, &a);
		sorted_look(&plan, (struct field){ all[i], strlen(all[i]) }, &b);
		check(sorted_compare(&plan, &a, &b) < 0);
		plan.reverse = true;
		check(sorted_compare(&plan, &a, &b) > 0);
		plan.reverse = false;
		check_is(sorted_compare(&plan, &b, &b), 0);
	}
}

/* The command that is told to those who have not sorted. */
static void
commands(void)
{
	char text[SORTED_TEXT];

	sorted_by(&(struct gather_plan){ 0 }, text);
	check_text(text, "LC_ALL=C sort");
	sorted_by(
	    &(struct gather_plan){
		.numeric = true, .reverse = true, .key = UINT64_C(4294967295) },
	    text);
	check_text(text, "LC_ALL=C sort -n -r -t TAB -k 4294967295,4294967295");
}

TESTS("sorted", { "numbers in whichever way", numbers }, { "hardly numbers", rows },
    { "the command", commands })
