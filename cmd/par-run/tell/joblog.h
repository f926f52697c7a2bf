/* SPDX-License-Identifier: ISC */
/*
 * joblog - the lines of --log-format joblog: as GNU parallel writes them for --joblog,
 * for programs that read those.
 */
#ifndef PAR_RUN_JOBLOG_H
#define PAR_RUN_JOBLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arguments.h"
#include "bytes.h"
#include "options.h"

struct joblog {
	const struct run_options *options;
	const struct arguments *arguments;
	struct bytes room, line; /* of words, and of what was made of them */
};

/* One process, or one record of a worker that goes on. */
struct joblog_job {
	uint64_t number; /* of its record, the first of several, from 0 */
	unsigned worker;
	const char *host; /* NULL: here */
	uint64_t start, took; /* ms, the former since 1970 */
	uint64_t bytes_in, bytes_out;
	const char *data; /* its records, with their newlines, len bytes; NULL: unknown */
	size_t len;
	uint64_t count;
	const char *why; /* it failed, why_len bytes; NULL: it is done */
	size_t why_len;
};

extern const char joblog_head[];

/* The line of a job, in joblog->line, until the next one.  0, or -1 without memory. */
int joblog_make(struct joblog *joblog, const struct joblog_job *job);

/*
 * What a process left, by why it failed: an exit status and a signal, as GNU parallel has
 * them; -1 is of one that was ended since it took too long.
 */
void joblog_end(const char *why, size_t len, int *status, int *signal);

void joblog_free(struct joblog *joblog);

#endif
