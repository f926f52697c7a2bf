/* SPDX-License-Identifier: ISC */
/*
 * log_line - the lines of a log: that of par-run --log, whose first line names its
 * fields, and the joblog of GNU parallel and of --log-format joblog.
 */
#ifndef PAR_REPORT_LOG_LINE_H
#define PAR_REPORT_LOG_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "field.h"

enum log_kind {
	LOG_NONE, /* not known yet */
	LOG_RECORDS, /* of par-run */
	LOG_JOBS, /* a joblog */
	LOG_TRACE, /* of par-run --trace: see other_line.h, as the next */
	LOG_RESULTS, /* the index of a folder of --results */
	LOG_PAGES, /* records of par-fetch */
	LOG_QUEUES /* what par-queue stat said: see series.h */
};

enum { LOG_FIELDS = 64, LOG_NAMED = 9 };

/* Which field is what. */
struct log_form {
	enum log_kind kind;
	size_t count; /* of fields that a line must have */
	size_t at[LOG_NAMED]; /* where each is that we know of */
};

/* What a line says; fields are views of it, as they stand there. */
struct log_line {
	uint64_t record; /* from 1 */
	bool nobody; /* no worker had it */
	struct field worker; /* or host */
	uint64_t start, took; /* microseconds, the former since 1970 */
	uint64_t in, out; /* bytes */
	uint64_t tries; /* 0: that is not known */
	bool failed;
	struct field why; /* if it failed; escaped */
	struct field command; /* of a joblog */
	int status, signal; /* of a joblog */
	uint64_t count, count_failed; /* so many records are like it; 0: it alone is */
	bool untimed; /* when it was is not known, */
	bool unmeasured; /* nor how long it took */
	bool page; /* of par-fetch: */
	uint64_t http; /* status */
};

/* Is the first line of a file that of a log?  Then its form. */
bool log_line_head(struct log_form *form, const char *data, size_t len);

/* What another line says.  NULL, or why it is none. */
const char *log_line_read(
    const struct log_form *form, const char *data, size_t len, struct log_line *line);

#endif
