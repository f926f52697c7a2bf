/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "chance.h"
#include "check.h"
#include "tagged.h"

/* What data becomes, in pieces of chance, with a text before each line. */
static void
check_one(const char *text, const char *data, const char *wanted)
{
	struct tagged tagged = { .text = text, .len = strlen(text) };
	struct buffered buffered = { 0 };
	size_t left = strlen(data);

	while (left > 0) {
		size_t len = 1 + chance_below(left);

		check_is(tagged_buffer(&tagged, &buffered, data, len), 0);
		data += len;
		left -= len;
	}
	check_is(buffered_bytes(&buffered), strlen(wanted));
	check(memcmp(buffered_at(&buffered), wanted, strlen(wanted)) == 0);
	buffered_free(&buffered);
}

static void
lines(void)
{
	for (int i = 0; i < 100; i++) {
		check_one("", "a\nb\n", "a\nb\n");
		check_one("x\t", "a\nb\n", "x\ta\nx\tb\n");
		check_one("x\t", "\n\nab", "x\t\nx\t\nx\tab");
		check_one("x\t", "", "");
	}
}

TESTS("tagged", { "a text before each line", lines })
