/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "chance.h"
#include "check.h"
#include "printable.h"

enum { BYTES = 256, LONGEST = 40, DOTS = sizeof("...") };

static void
escapes(void)
{
	static const char named[] = "\0000\tt\nn\rr";
	char got[PRINTABLE_ESCAPE], want[PRINTABLE_ESCAPE + 1];

	for (unsigned byte = 0; byte < BYTES; byte++) {
		const char *name = memchr(named, (int)byte, sizeof(named) - 1);

		if (name != NULL && (name - named) % 2 == 0)
			snprintf(want, sizeof(want), "\\%c", name[1]);
		else
			snprintf(want, sizeof(want), "\\x%02x", byte);
		check_bytes(
		    got, printable_escape(got, (unsigned char)byte), want, strlen(want));
	}
}

/* All of it, with where each of its characters and escapes ends. */
static size_t
in_full(const char *data, size_t len, char *text, bool ends[])
{
	size_t used = 0;

	for (size_t i = 0; i < len;) {
		size_t n = printable_char(data + i, len - i);

		if (n > 0)
			memcpy(text + used, data + i, n);
		used += n > 0 ? n : printable_escape(text + used, (unsigned char)data[i]);
		i += n > 0 ? n : 1;
		ends[used] = true;
	}
	return used;
}

/* A text is whole, or as much of it as has room before dots. */
static void
sizes(void)
{
	for (int round = 0; round < 2000; round++) {
		char data[LONGEST], full[4 * LONGEST + 1], got[5 * LONGEST];
		bool ends[sizeof(full)] = { true };
		size_t len = chance_below(LONGEST), whole, size, n, next;

		chance_bytes(data, len);
		for (size_t i = 0; i < len; i++)
			if (chance_below(2) == 0)
				data[i] = (char)('a' + chance_below(26));
		whole = in_full(data, len, full, ends);
		size = DOTS + chance_below(whole + 2);
		memset(got, '#', sizeof(got));
		n = printable(got, size, data, len);
		check(n < size && got[n] == '\0' && got[size] == '#');
		if (whole + DOTS <= size) {
			check_bytes(got, n, full, whole);
			continue;
		}
		check(n >= 3);
		check_bytes(got + n - 3, 3, "...", 3);
		check_bytes(got, n - 3, full, n - 3);
		check(ends[n - 3]);
		for (next = n - 2; !ends[next]; next++)
			continue;
		check(next + DOTS > size);
	}
}

TESTS("printable", { "escapes", escapes }, { "as much as has room", sizes })
