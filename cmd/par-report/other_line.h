/* SPDX-License-Identifier: ISC */
/*
 * other_line - lines that are those of no log: a trace of par-run --trace, the index of
 * a folder of --results, and the records of par-fetch.
 */
#ifndef PAR_REPORT_OTHER_LINE_H
#define PAR_REPORT_OTHER_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "log_line.h"

/* What was read of a trace, and text of the line at work. */
struct other_lines {
	uint64_t run; /* the process that the trace is of; the others are below it */
	bool known; /* which one that is */
	char **rows; /* how they are called, by their numbers, or NULL */
	size_t room;
	struct bytes text;
	uint64_t pages; /* of par-fetch so far */
};

/* Forget what belongs to one file. */
void other_lines_begin(struct other_lines *lines);

/* Is the first line of a file one of those?  Then of which kind they are. */
enum log_kind other_line_head(const char *data, size_t len);

/*
 * What a line of that kind says; count 0: it says nothing that is counted.  NULL, or
 * why it is none.  Ends the program where there is no memory.
 */
const char *other_line_read(struct other_lines *lines, enum log_kind kind,
    const char *data, size_t len, struct log_line *line);

void other_lines_free(struct other_lines *lines);

#endif
