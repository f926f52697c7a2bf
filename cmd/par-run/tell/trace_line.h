/* SPDX-License-Identifier: ISC */
/*
 * trace_line - events of a trace: what a par-run below another one tells that of them, as
 * a line of par-stage(7).
 *
 *	GROUP KIND ROW AT LONG [WORD=NUMBER]...TAB NAME
 */
#ifndef PAR_RUN_TRACE_LINE_H
#define PAR_RUN_TRACE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

/* What shows as the row of a run itself; workers have their numbers, from 1. */
enum { TRACE_RUN = 0 };

enum trace_kind {
	TRACE_NAMED = 'M', /* the row, or the run, is called name */
	TRACE_SLICE = 'X', /* that went on there from at on, so long */
	TRACE_BEGIN = 'B', /* a process */
	TRACE_END = 'E',
	TRACE_INSTANT = 'i', /* that happened */
	TRACE_COUNTER = 'C' /* numbers that go up and down */
};

/* Something to tell with an event: a number. */
struct trace_arg {
	const char *name; /* NULL: these were all; of those in trace_line.c */
	uint64_t number;
};

struct trace_event {
	enum trace_kind kind;
	unsigned group; /* 0: of this run; else of one below it */
	unsigned row;
	uint64_t at; /* clock_ns() */
	uint64_t length; /* ns of a slice; where a run is named, ns since 1970 of at */
	const char *name; /* NULL: it has none */
	const struct trace_arg *args; /* NULL: none */
};

enum { TRACE_NAME = 512, TRACE_ARGS = 8, TRACE_GROUPS = 4096 };

/* Where what was read of a line is. */
struct trace_parts {
	struct trace_arg args[TRACE_ARGS + 1];
	char name[TRACE_NAME];
};

/* Add the line, without a newline.  0, or -1 with errno. */
int trace_line_put(struct bytes *to, const struct trace_event *event);

/*
 * Read a line of len bytes, with event in parts; false if it is none, or of a kind that
 * is not known here.  Numbers whose words are not known are passed over.
 */
bool trace_line_read(
    const char *line, size_t len, struct trace_event *event, struct trace_parts *parts);

#endif
