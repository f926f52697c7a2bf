/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "ack.h"
#include "check.h"
#include "formats.h"

/* What begins with the name and a larger number is newer, and nothing else is. */
static void
newer(void)
{
	static const struct {
		const char *data, *says;
	} rows[] = {
		{ "state 3",
		    "made by a newer par (state 3, and this one reads 2): use that one" },
		{ "state 3\nmore",
		    "made by a newer par (state 3, and this one reads 2): use that one" },
		{ "state 18446744073709551615 x",
		    "made by a newer par (state 18446744073709551615, and this one reads "
		    "2): use "
		    "that one" },
		{ "state 2", NULL },
		{ "state 1", NULL },
		{ "state 0", NULL },
		{ "state 3x", NULL },
		{ "state 3.1", NULL },
		{ "state -3", NULL },
		{ "state  3", NULL },
		{ "state", NULL },
		{ "state ", NULL },
		{ "states 3", NULL },
		{ "stat 3", NULL },
		{ "State 3", NULL },
		{ "state 18446744073709551616", NULL },
		{ "", NULL },
	};
	char text[FORMAT_TEXT];

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *says = formats_newer(text, "state", (enum format_version)2,
		    rows[i].data, strlen(rows[i].data));

		check_at(i + 1);
		check((says == NULL) == (rows[i].says == NULL));
		if (says != NULL && rows[i].says != NULL)
			check_text(says, rows[i].says);
	}
	/* What is behind the end of it is not looked at. */
	check(
	    formats_newer(text, "state", (enum format_version)2, "state 22", 7) == NULL);
	check(formats_newer(text, "state", (enum format_version)2, "state 3", 6) == NULL);
}

/* The first line of a stage of ours is of the version that is told of the others'. */
static void
stage(void)
{
	static const struct hello hello = { .jobs = 1 };
	char line[ACK_LINE_MAX], text[FORMAT_TEXT];
	size_t len = hello_format(line, &hello);
	struct hello read;

	check_is(hello_parse(line, len - 1, &read), 0);
	check(formats_newer(text, ack_format_name, FORMAT_STAGE, line, len) == NULL);
	check(formats_newer(text, ack_format_name,
		  (enum format_version)(FORMAT_STAGE - 1), line, len) != NULL);
}

TESTS("formats", { "what is newer, and is told so", newer },
    { "of a stage that says hello", stage })
