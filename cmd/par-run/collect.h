/* SPDX-License-Identifier: ISC */
/*
 * collect - what workers say and write, on its way to standard output.
 */
#ifndef PAR_RUN_COLLECT_H
#define PAR_RUN_COLLECT_H

#include "run.h"

/*
 * Are workers heard?  Not while output waits that the supervisor above is to have before
 * it is told of more.
 */
bool collect_hears(const struct run *run);

/* Take what the worker has said, and the output that it has acknowledged. */
void collect_words(struct run *run, struct slot *slot);

/*
 * Its output can be read: a plain one's whole records are passed on, of another
 * one it is kept until it is acknowledged.  1 if there was some, 0 if there is
 * none now, -1 at its end.
 */
int collect_output(struct run *run, struct slot *slot);

/*
 * Look at a worker that is silent: is it a plain one, or does its output fill
 * the pipe while nothing is acknowledged?
 */
void collect_check(struct run *run, struct slot *slot);

/* The worker has ended: take what it left, and drop what counts for nothing. */
void collect_rest(struct run *run, struct slot *slot);

/* Once it has been reaped: did it keep the rules of par-stage(7) to its end? */
void collect_end(struct run *run, struct slot *slot);

/* A plain one ended well: what it wrote after its last newline is a record too. */
void collect_last(struct run *run, struct slot *slot);

#endif
