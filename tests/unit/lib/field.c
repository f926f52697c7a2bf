/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "chance.h"
#include "check.h"
#include "field.h"

enum { LONGEST = 200 };

/* One byte after the other, by the page. */
static size_t
escape_plainly(char *dst, const char *data, size_t len)
{
	static const char special[] = "\\\t\n\r\0", codes[] = "\\tnr0";
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		const char *found = memchr(special, data[i], 5);

		if (found != NULL)
			dst[used++] = '\\';
		dst[used++] = found == NULL ? data[i] : codes[found - special];
	}
	return used;
}

/* A copy of just so many bytes. */
static char *
copy_of(const char *data, size_t len)
{
	char *copy = calloc(1, len == 0 ? 1 : len);

	memcpy(copy, data, len);
	return copy;
}

/*
 * In buffers of just that size, so that a sanitizer sees a step beyond them; from there
 * it goes back to what it was, in another place and in its own.
 */
static void
round_trip(const char *data, size_t len)
{
	char want[2 * LONGEST], *own = copy_of(data, len),
				*escaped = calloc(2, len == 0 ? 1 : len);
	size_t used, clean = 0, wanted = escape_plainly(want, data, len);

	used = field_escape(escaped, own, len);
	check_bytes(escaped, used, want, wanted);
	check_is(field_unescape(own, escaped, used), len);
	check_bytes(own, len, data, len);
	check_is(field_unescape(escaped, escaped, used), len);
	check_bytes(escaped, len, data, len);
	while (clean < len && memchr("\\\t\n\r\0", data[clean], 5) == NULL)
		clean++;
	check_is(field_clean(data, len), clean);
	free(own);
	free(escaped);
}

/* Each byte at each place of a text, clean or not, of each length around those at once.
 */
static void
every_byte(void)
{
	char text[100];

	for (size_t len = 1; len <= 70; len++) {
		for (size_t at = 0; at < len; at++) {
			memset(text, at % 2 == 0 ? 'x' : '\t', sizeof(text));
			text[at] = '\\';
			round_trip(text, len);
		}
	}
	for (int byte = 0; byte < 256; byte++) {
		for (size_t at = 0; at < sizeof(text); at++) {
			memset(text, 'x', sizeof(text));
			text[at] = (char)byte;
			round_trip(text, sizeof(text));
		}
	}
	round_trip("", 0);
}

static void
chance_texts(void)
{
	static const char few[] = "\\\t\n\r\0tnr0abcdefghijkl";
	char text[LONGEST];

	for (uint64_t step = 1; step <= 100000; step++) {
		size_t len = chance_below(LONGEST);

		check_at(step);
		if (chance_one_in(3))
			chance_bytes(text, len);
		else
			chance_bytes_of(
			    text, len, few, chance_one_in(2) ? 9 : sizeof(few) - 1);
		round_trip(text, len);
	}
}

/* Where no escape was written a backslash is one. */
static void
lenient(void)
{
	static const struct {
		const char *escaped, *text;
		size_t len;
	} rows[] = {
		{ "\\\\", "\\", 1 },
		{ "\\t", "\t", 1 },
		{ "\\n", "\n", 1 },
		{ "\\r", "\r", 1 },
		{ "\\0", "\0", 1 },
		{ "\\x", "\\x", 2 },
		{ "\\", "\\", 1 },
		{ "a\\", "a\\", 2 },
		{ "\\\\t", "\\t", 2 },
		{ "\\\\\\t", "\\\t", 2 },
		{ "\\N\\T", "\\N\\T", 4 },
		{ "\\1", "\\1", 2 },
		{ "\\\\\\", "\\\\", 2 },
		{ "x\\\\y\\tz", "x\\y\tz", 5 },
		{ "", "", 0 },
	};
	char out[16];

	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t len = strlen(rows[i].escaped);

		check_at(i + 1);
		check_bytes(out, field_unescape(out, rows[i].escaped, len), rows[i].text,
		    rows[i].len);
	}
	/* A code behind the end is none. */
	check_bytes(out, field_unescape(out, "\\t", 1), "\\", 1);
	check_is(field_unescape(NULL, NULL, 0), 0);
	check_is(field_escape(NULL, NULL, 0), 0);
}

/* Where field number index of text is, by counting; false if it is not there. */
static bool
at_plainly(const char *text, size_t len, size_t index, size_t *from, size_t *to)
{
	*from = 0;
	for (size_t i = 0; i < len && index > 0; i++) {
		if (text[i] == '\t') {
			index--;
			*from = i + 1;
		}
	}
	*to = *from;
	while (*to < len && text[*to] != '\t')
		++*to;
	return index == 0;
}

static void
fields(void)
{
	enum { MOST = 6 };
	char text[20];

	for (uint64_t step = 1; step <= 100000; step++) {
		size_t len = chance_below(sizeof(text)), max = chance_from(1, MOST),
		       count;
		struct field all[MOST], one;
		size_t from, to;

		check_at(step);
		chance_bytes_of(text, len, "\ta\\", 3);
		count = field_split(text, len, all, max);
		check(count >= 1 && count <= max);
		for (size_t i = 0; i < 22; i++) {
			bool there = at_plainly(text, len, i, &from, &to);

			check_is(field_at(text, len, i, &one), there);
			check_is(i < count, there && i < max);
			if (!there)
				continue;
			check(one.data == text + from);
			check_is(one.len, to - from);
			if (i >= count)
				continue;
			check(all[i].data == text + from);
			check_is(all[i].len, (i == max - 1 ? len : to) - from);
		}
	}
}

/* A record and its first field, at every length and place of its TABs. */
static void
first_of_record(void)
{
	char text[80];

	for (size_t len = 0; len < 40; len++) {
		for (size_t tab = 0; tab <= len; tab++) {
			check_at(len * 100 + tab);
			memset(text, '\t', sizeof(text));
			memset(text, 'x', tab); /* a tab behind it is not its own */
			text[len] = '\n';
			check_is(field_first(text, len), tab);
		}
	}
}

TESTS("field", { "every byte at every place, there and back", every_byte },
    { "texts of chance, there and back", chance_texts },
    { "a backslash that escapes nothing", lenient },
    { "fields are found as by counting", fields },
    { "the first of a record", first_of_record })
