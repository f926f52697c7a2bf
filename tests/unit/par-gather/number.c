/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "check.h"
#include "number.h"

enum { LONGEST = 1600, EXACT = 38 };

/* 0.333... of so many bytes in all, with so many spaces before and behind. */
static const char *
long_one(size_t len, size_t spaces, struct number *number)
{
	static char text[2 * LONGEST];

	memset(text, ' ', spaces);
	memset(text + spaces, '3', len);
	memcpy(text + spaces, "0.", 2);
	memset(text + spaces + len, ' ', spaces);
	return number_parse(text, len + 2 * spaces, number);
}

static void
lengths(void)
{
	struct number number;

	for (size_t spaces = 0; spaces < 3; spaces++) {
		check(long_one(LONGEST - 1, spaces, &number) == NULL);
		check(number.inexact && number.approx > 0.3L && number.approx < 0.4L);
		check(long_one(LONGEST, spaces, &number) == NULL);
		check(number.inexact && number.approx > 0.3L && number.approx < 0.4L);
		check_text(
		    long_one(LONGEST + 1, spaces, &number), "is too long a number");
	}
}

/* As many digits as are exact, and one more, which does not change what is written. */
static void
digits(void)
{
	char text[2 * EXACT], written[NUMBER_TEXT];
	struct number number;

	for (size_t len = 1; len < sizeof(text); len++) {
		memset(text, '9', sizeof(text));
		check(number_parse(text, len, &number) == NULL);
		check_is(number.inexact, len > EXACT);
		if (len <= EXACT)
			check_bytes(written, number_format(written, &number), text, len);
	}
}

TESTS("number", { "as long as may be", lengths }, { "exact for so many digits", digits })
