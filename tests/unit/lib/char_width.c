/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "char_width.h"
#include "check.h"

static void
widths(void)
{
	static const struct {
		uint32_t code;
		unsigned width;
	} rows[] = { { 'a', 1 }, { 0xe9, 1 }, { 0x301, 0 }, { 0x4e2d, 2 }, { 0xac00, 2 },
		{ 0x1f600, 2 }, { 0x200d, 0 }, { 0xff21, 2 }, { 0xff71, 1 }, { 0x439, 1 },
		{ 0x10ffff, 1 }, { 0x115f, 2 }, { 0x1160, 1 }, { 0x2ffff, 2 } };

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		check_is(char_width(rows[i].code), rows[i].width);
	}
}

static void
fits(void)
{
	static const struct {
		const char *text;
		size_t columns, bytes;
	} rows[] = { { "abc", 3, 3 }, { "abc", 2, 2 }, { "abc", 0, 0 }, { "", 4, 0 },
		{ "\xe4\xb8\xad\xe4\xb8\xad", 3, 3 },
		{ "\xe4\xb8\xad\xe4\xb8\xad", 4, 6 },
		{ "e\xcc\x81"
		  "x",
		    1, 3 },
		{ "\xff\xfex", 2, 2 } };

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		check_is(
		    char_width_fit(rows[i].text, strlen(rows[i].text), rows[i].columns),
		    rows[i].bytes);
	}
}

TESTS("char_width", { "of characters", widths }, { "what fits", fits })
