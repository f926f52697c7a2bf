/* SPDX-License-Identifier: ISC */
/*
 * log - --log: a record of each record of the input, when it is done or given up.
 */
#ifndef PAR_RUN_LOG_H
#define PAR_RUN_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "ending.h"
#include "joblog.h"
#include "record.h"
#include "times.h"

enum {
	LOG_SHORT =
	    48, /* bytes, of what records have in common, but for the names of hosts */
	LOG_COMMON = HOST_NAME_MOST + 128
};

struct log {
	const char *path; /* NULL: there is none */
	const struct times *times;
	struct ending *ending;
	struct joblog *joblog; /* its lines instead of ours; or NULL */
	struct record_writer out;
	bool on;
	bool beside; /* the output goes elsewhere, and it to standard output */
	bool stuck; /* its reader takes no more now, and lines wait */
	bool begun; /* what was in the file is gone, and its head is written */
	uint64_t epoch; /* what makes clock_ms() ms since 1970 */
	/* What was put last, as text, to be used again where the next is as it is: */
	uint64_t number; /* a record's number, from 1, */
	char digits[24];
	size_t digits_len; /* 0: none */
	const struct account *who; /* and who had it, from when, and how long, ms */
	uint64_t start, took;
	char common[LOG_COMMON];
	size_t common_len; /* 0: none */
};

/* What became of one record. */
struct log_entry {
	uint64_t number; /* in the input, from 0 */
	uint64_t given_at; /* when a worker got it, times_work() */
	uint64_t bytes_in, bytes_out;
	uint64_t attempts;
	const char *why; /* it failed; NULL: it is done */
	size_t why_len;
	/* For a joblog: the bytes of the record, or of count that were done together. */
	const char *data; /* NULL: they are not known */
	size_t len;
	uint64_t count;
};

/*
 * Open it at path, with what it has; does not return if that cannot be.  NULL: there is
 * none.  times and ending are set.
 */
void log_open(struct log *log, const char *path);

/* Empty the file and begin it, once; log_add() does so, too. */
void log_begin(struct log *log);

/* Add a line; who: NULL for a record that no worker got.  Only if it is on. */
void log_add(struct log *log, const struct account *who, const struct log_entry *entry);

/* Write the lines that were added, as far as its reader takes them. */
void log_flush(struct log *log);

/* The last lines. */
void log_end(struct log *log);

void log_close(struct log *log);

#endif
