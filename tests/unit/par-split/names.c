/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "check.h"
#include "names.h"

static void
are_made(void)
{
	static const struct {
		const char *template;
		uint64_t number;
		const char *name; /* NULL: the template is refused */
	} rows[] = {
		{ "part.%d", 0, "part.0" },
		{ "part.%d", UINT64_MAX, "part.18446744073709551615" },
		{ "%02d", 9, "09" },
		{ "%02d", 99, "99" },
		{ "%02d", 100, "100" },
		{ "%3d", 7, "  7" },
		{ "a%%%03d%%b", 5, "a%005%b" },
		{ "", 0, NULL },
		{ "part", 0, NULL },
		{ "100%%", 0, NULL },
		{ "%d%d", 0, NULL },
		{ "%s", 0, NULL },
		{ "%d%", 0, NULL },
		{ "%d%%%", 0, NULL },
		{ "%d%s", 0, NULL },
		{ "%s%d", 0, NULL },
		{ "%", 0, NULL },
		{ "%-3d", 0, NULL },
		{ "%ld", 0, NULL },
		{ "%*d", 0, NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *name;

		check_at(i);
		check((names_check(rows[i].template) == NULL) == (rows[i].name != NULL));
		if (rows[i].name == NULL)
			continue;
		name = names_make(rows[i].template, rows[i].number);
		check_text(name, rows[i].name);
		free(name);
	}
}

TESTS("names", { "are made of a template and a number", are_made })
