/* SPDX-License-Identifier: ISC */
/*
 * output - what was acknowledged, to standard output or -o FILE; with -k in its
 * turn.  A pipe is held by an exclusive flock(2) while whole records are written, as
 * par-record(5) promises for several writers.
 */
#ifndef PAR_RUN_OUTPUT_H
#define PAR_RUN_OUTPUT_H

#include "run.h"

/* What is said of a worker whose words count bytes that it did not write. */
extern const char output_overdrawn[];

/*
 * The next bytes of the worker's output are that of record number: they go out
 * by output_settle() or, if it is not their turn, are kept until it is.
 */
void output_done(struct run *run, struct slot *slot, uint64_t number, size_t bytes);

/*
 * Could that be, if its turn is not now?  0, or -1 with errno: it needs room in a
 * temporary file, and there is none.
 */
int output_room(struct run *run, struct slot *slot, uint64_t number, size_t bytes);

/* Open it as the options say, waiting for the reader of a FIFO. */
void output_open(struct run *run);

/*
 * The command is known to be one that can do it, or there was nothing to be done: empty
 * an output that is a file, and the log.  Once; before any output.
 */
void output_begin(struct run *run);

/* Close it, and hear of what could not be written before. */
void output_close(struct run *run);

/* Write len bytes, whole records. */
void output_write(struct run *run, const char *data, size_t len);

/* Move output that was acknowledged and not yet moved. */
void output_settle(struct run *run, struct slot *slot);

/* Pass on output that was kept for its turn, if it is that now. */
void output_in_turn(struct run *run);

#endif
