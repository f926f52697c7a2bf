/* SPDX-License-Identifier: ISC */
/*
 * below - what par-runs that are workers, or at the other ends of links, did there: in
 * the same trace, each as a process with rows of its own.
 *
 * Their events are looked at, kept in order within each row, and summed while the file
 * takes none.  Times of a link are those of its clock, moved by what ours is ahead as far
 * as is known: the line that came fastest tells it best.
 */
#ifndef PAR_RUN_BELOW_H
#define PAR_RUN_BELOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "account.h"
#include "trace_file.h"

/* A row of one of them. */
struct below_row {
	uint64_t end; /* of the last that was told, clock_ns() */
	bool named, open; /* its process has begun, and not ended, in the file */
	bool sums; /* slices, from begin on, up to end, that are not in the file: */
	uint64_t begin;
	struct trace_arg sum[TRACE_ARGS + 1];
};

/* One of them. */
struct below_group {
	unsigned worker; /* of ours it is, or below */
	unsigned theirs; /* what it is called there; 0: it is the worker itself */
	bool known; /* it has begun, and said how it is called */
	int64_t ahead; /* ns by which our clock is, of the worker itself; and */
	uint64_t epoch; /* what makes its clock ns since 1970; 0: it is ours */
	struct below_row *rows;
	size_t room;
};

struct below {
	struct trace_file *file;
	struct below_group *groups;
	size_t count, room;
};

/* What the worker of account said, len bytes.  What it cannot mean is passed over. */
void below_take(
    struct below *below, const struct account *account, const char *line, size_t len);

/* The process of that worker has ended, at that time. */
void below_ended(struct below *below, unsigned worker, uint64_t at);

/* So have all. */
void below_end(struct below *below, uint64_t at);

void below_close(struct below *below);

#endif
