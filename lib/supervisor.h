/* SPDX-License-Identifier: ISC */
/*
 * supervisor - the one above this process, if PAR_STAGE says that there is one:
 * tells it what became of each record, in lines of par-stage(7).
 */
#ifndef PAR_SUPERVISOR_H
#define PAR_SUPERVISOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ack.h"
#include "record.h"

struct supervisor {
	int fd; /* -1: there is none, and nothing may be told */
	char *lines; /* not yet sent */
	size_t used;
	enum runs runs; /* that it takes; */
	uint64_t run_first, run_count; /* the one that grows; 0: none does */
	uint64_t run_bytes; /* of it; or with counts, */
	size_t run_at; /* where its line begins in lines, unended */
	bool framed; /* lines and output go through frames, as one stream */
	struct record_writer frames;
};

/* Find it; its variables are taken away from children.  0, or -1 without memory. */
int supervisor_find(struct supervisor *above);

/*
 * There is one at the other end of descriptor fd, which takes lines and output as
 * one stream: see supervisor_frame().  0, or -1 without memory.
 */
int supervisor_at(struct supervisor *above, int fd);

/* Send the first line at once. */
int supervisor_greet(struct supervisor *above, const struct hello *hello);

/*
 * Tell of record index, whose output of so many bytes was written, or will be
 * before supervisor_flush().  True when it is time to flush.  Where the one above takes
 * runs, neighbours that are told of one after the other have one line.
 */
bool supervisor_tell_ok(struct supervisor *above, uint64_t index, uint64_t bytes);

/* The same of count records from first on, with so many bytes in all: RUNS_SUMMED. */
bool supervisor_tell_run(
    struct supervisor *above, uint64_t first, uint64_t count, uint64_t bytes);

/* As supervisor_tell_ok(), of records that failed, or were done together. */
bool supervisor_tell(struct supervisor *above, const struct ack *ack);

/*
 * Framed: the output that the lines told since the last call count, in their order,
 * is at output.  Called before supervisor_flush() if there is some.  0, or -1.
 */
int supervisor_frame(struct supervisor *above, const char *output);

/*
 * Framed, as supervisor_frame(), where the output is not in memory: move(arg, to, len) is
 * to write the next len bytes of it to descriptor to, and to return 0, or -1 with errno.
 */
int supervisor_frame_by(
    struct supervisor *above, int (*move)(void *arg, int to, size_t len), void *arg);

/* Is there no room for another line of the longest kind? */
bool supervisor_full(const struct supervisor *above);

/* Send the lines.  0, or -1 with errno. */
int supervisor_flush(struct supervisor *above);

/* Have nothing to tell any more, and nobody to tell it. */
void supervisor_withdraw(struct supervisor *above);

void supervisor_leave(struct supervisor *above);

#endif
