/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "check.h"
#include "verbatim.h"

static void
bytes(void)
{
	static const struct {
		bool escaped;
		char end;
		const char *header, *records, *wanted;
	} rows[] = {
		{ false, '\n', "", "a\\n\nb\n", "a\\n\nb\n" },
		{ false, '\n', "h\n", "a\n", "h\na\n" },
		{ true, '\n', "", "a\\nb\n\\\\\n", "a\nb\n\\\n" },
		{ true, ';', "h;", "a\\nb\n\nc\n", "h;a\nb;;c;" },
		{ false, ';', "", "a\\n\nb\n", "a\\n;b;" },
	};
	struct bytes text = { 0 };

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct verbatim verbatim = { .escaped = rows[i].escaped,
			.end = rows[i].end,
			.header = rows[i].header,
			.header_len = strlen(rows[i].header) };

		check_at(i);
		check_is(verbatim_make(
			     &verbatim, &text, rows[i].records, strlen(rows[i].records)),
		    0);
		check_bytes(text.data, text.len, rows[i].wanted, strlen(rows[i].wanted));
	}
	bytes_free(&text);
}

TESTS("verbatim", { "records as they were", bytes })
