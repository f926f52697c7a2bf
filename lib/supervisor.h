/* SPDX-License-Identifier: ISC */
/*
 * supervisor - the parent of this stage, if PAR_STAGE says that there is one:
 * reports to it what became of each record, in lines of par-stage(7).
 */
#ifndef PAR_SUPERVISOR_H
#define PAR_SUPERVISOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ack.h"

/* At most so much is told for --trace before what waits is looked at again, bytes. */
enum { SUPERVISOR_TRACE = 8 << 10 };

struct supervisor {
	int fd; /* -1: there is none, and nothing may be told */
	char *lines; /* not yet sent */
	size_t used, size;
	bool no_wait; /* see supervisor_never_waits(); */
	bool socket; /* fd is one */
	bool stuck; /* it takes none now, and some wait */
	int named; /* where it writes records that are named, see hello.named; or 0 */
	uint64_t trace; /* so many bytes of lines that tell no record; 0: it takes none */
	enum runs runs; /* that it takes; */
	uint64_t run_first, run_count; /* the one that grows; 0: none does */
	uint64_t run_bytes; /* of it; or with counts, */
	size_t run_at; /* where its line begins in lines, unended */
	bool framed; /* it takes lines and output as one stream, see supervisor_at() */
};

/* Find it; its variables are taken away from children.  0, or -1 without memory. */
int supervisor_find(struct supervisor *parent);

/*
 * There is one at the other end of descriptor fd, which takes lines and output as one
 * stream: they are the caller's to send, see supervisor_lines().  What runs it takes is
 * the caller's to set.  0, or -1 without memory.
 */
int supervisor_at(struct supervisor *parent, int fd);

/*
 * Tell what this process is, before all else and again: at once, but as part of a stream,
 * or behind lines that wait, when these are sent.  0, or -1 with errno.
 */
int supervisor_greet(struct supervisor *parent, const struct hello *hello);

/*
 * Tell of record index, whose output of so many bytes was written, or will be
 * before supervisor_flush().  True when it is time to flush.  Where the parent takes
 * runs, neighbours that are told of one after the other have one line.
 */
bool supervisor_report_ok(struct supervisor *parent, uint64_t index, uint64_t bytes);

/* Report count records from first on, with so many bytes in all: RUNS_SUMMED. */
bool supervisor_report_run(
    struct supervisor *parent, uint64_t first, uint64_t count, uint64_t bytes);

/* As supervisor_report_ok(), of records that failed, or were done together. */
bool supervisor_report(struct supervisor *parent, const struct ack *ack);

/* Is little waiting, so that lines for --trace, of SUPERVISOR_TRACE bytes, may follow? */
bool supervisor_idle(const struct supervisor *parent);

/* Tell that to a supervisor that takes it, if there is room: it is not missed. */
void supervisor_trace(struct supervisor *parent, const char *text, size_t len);

/*
 * Framed: the lines told since the last call, each to be followed by the output that it
 * counts; valid until something is told.
 */
const char *supervisor_lines(struct supervisor *parent, size_t *len);

/* Is there no room for another line of the longest kind? */
bool supervisor_full(const struct supervisor *parent);

/* Send the lines, which are not framed.  0, or -1 with errno. */
int supervisor_flush(struct supervisor *parent);

/*
 * For event loops: from now on supervisor_flush() sends what it takes, and does not wait.
 * 0, or -1 with errno.
 */
int supervisor_never_waits(struct supervisor *parent);

/* Have room for another line though nothing was sent.  0, or -1 without memory. */
int supervisor_room(struct supervisor *parent);

/* Have nothing to tell any more, and nobody to tell it. */
void supervisor_withdraw(struct supervisor *parent);

void supervisor_leave(struct supervisor *parent);

#endif
