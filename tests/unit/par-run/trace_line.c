/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "check.h"
#include "trace_line.h"

/* A line, read and put again; NULL: it is none. */
static void
check_line(const char *line, const char *want)
{
	struct trace_parts parts;
	struct trace_event event;
	struct bytes text = { 0 };
	bool taken = trace_line_read(line, strlen(line), &event, &parts);

	check_is(taken, want != NULL);
	if (!taken)
		return;
	check_is(trace_line_put(&text, &event), 0);
	check_bytes(text.data, text.len, want, strlen(want));
	bytes_free(&text);
}

static void
lines(void)
{
	static const struct {
		const char *line, *again;
	} rows[] = {
		{ "0 M 0 12 13\tpar-run a\tb", "0 M 0 12 13\tpar-run a\tb" },
		{ "0 X 1 12 13 records=2 bytes=0\t2 records",
		    "0 X 1 12 13 records=2 bytes=0\t2 records" },
		{ "0 X 1 12 13 later=2 bytes=3\t", "0 X 1 12 13 bytes=3\t" },
		{ "4096 E 4096 9223372036854775 0", "4096 E 4096 9223372036854775 0" },
		{ "4097 E 1 1 0", NULL },
		{ "0 E 4097 1 0", NULL },
		{ "0 E 1 9223372036854776 0", NULL },
		{ "0 X 1 1 1 bytes=x\tname", NULL },
		{ "0 X 1 1 1", NULL },
		{ "0 Y 1 1 1\tname", NULL },
		{ "0 XX 1 1 1\tname", NULL },
		{ "0 X 1 1\tname", NULL },
		{ "-1 X 1 1 1\tname", NULL },
		{ "", NULL },
		{ "\t", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		check_line(rows[i].line, rows[i].again);
	}
}

/* A newline in a name ends no line, and a long one is cut. */
static void
names(void)
{
	char name[2 * TRACE_NAME] = "a\nb";
	struct trace_event event = { .kind = TRACE_INSTANT, .name = name };
	struct bytes text = { 0 };

	check_is(trace_line_put(&text, &event), 0);
	check_bytes(text.data, text.len, "0 i 0 0 0\ta b", 13);
	text.len = 0;
	memset(name, '\n', sizeof(name) - 1);
	check_is(trace_line_put(&text, &event), 0);
	check_is(text.len, 10 + TRACE_NAME - 1);
	check(memchr(text.data, '\n', text.len) == NULL);
	bytes_free(&text);
}

TESTS("trace_line", { "lines, there and back", lines }, { "names", names })
