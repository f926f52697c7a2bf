/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-run: what those below tell for --trace.  What is taken is within the limits,
 * and told again it is the same.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "options.h"
#include "trace_line.h"

static void
check_args(const struct trace_arg *a, const struct trace_arg *b)
{
	size_t count = 0;

	for (; a->name != NULL; a++, b++, count++)
		must(a->name == b->name && a->number == b->number);
	must(b->name == NULL && count <= TRACE_ARGS);
}

static void
check_line(const char *line, size_t len)
{
	struct trace_parts parts, parts_again;
	struct trace_event event, again;
	struct bytes text = { 0 };

	if (!trace_line_read(line, len, &event, &parts))
		return;
	must(event.group <= TRACE_GROUPS && event.row <= WORKERS_MAX);
	must(event.at <= INT64_MAX && event.length <= INT64_MAX);
	must(event.name == NULL || strlen(event.name) < TRACE_NAME);
	must(trace_line_put(&text, &event) == 0);
	must(memchr(text.data, '\n', text.len) == NULL);
	must(trace_line_read(text.data, text.len, &again, &parts_again));
	must(again.kind == event.kind && again.group == event.group &&
	    again.row == event.row && again.at == event.at &&
	    again.length == event.length);
	must((again.name == NULL) == (event.name == NULL) &&
	    (event.name == NULL || strcmp(again.name, event.name) == 0));
	check_args(event.args, again.args);
	bytes_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = copy_of(data, size);

	if (size == 0 || memchr(line, '\n', size) == NULL)
		check_line(line, size);
	free(line);
	return 0;
}
