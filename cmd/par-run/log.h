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
#include "record.h"
#include "times.h"

struct log {
	const char *path; /* NULL: there is none */
	const struct times *times;
	struct ending *ending;
	struct record_writer out;
	bool on;
	bool begun; /* what was in the file is gone, and its head is written */
	uint64_t epoch; /* what makes clock_ms() ms since 1970 */
};

/* What became of one record. */
struct log_entry {
	uint64_t number; /* in the input, from 0 */
	uint64_t given_at; /* when a worker got it, times_work(); */
	uint64_t progress_at; /* and when that finished the one before */
	uint64_t bytes_in, bytes_out;
	uint64_t attempts;
	const char *why; /* it failed; NULL: it is done */
	size_t why_len;
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

/* Write the lines that were added. */
void log_flush(struct log *log);

/* The last lines. */
void log_end(struct log *log);

void log_close(struct log *log);

#endif
