/* SPDX-License-Identifier: ISC */
/*
 * output - what was acknowledged, to standard output or -o FILE; with -k in its
 * turn.  A pipe is held by an exclusive flock(2) while whole records are written, as
 * par-record(5) promises for several writers.
 *
 * Nothing waits here.  Where the reader takes no more, what is to go out waits, most of
 * it where it is: in the worker's pipe.
 *
 *	worker's pipe -> spout -----------------------> the reader
 *	                    |                              ^
 *	                    +-> order, before its turn ----+
 *	                    +-> aside, when it must go ----+
 */
#ifndef PAR_RUN_OUTPUT_H
#define PAR_RUN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ending.h"
#include "options.h"
#include "order.h"
#include "share.h"
#include "supervisor.h"
#include "worker.h"

/* Neighbours that were acknowledged before their turn, and their output. */
struct kept {
	uint64_t first, count;
	size_t bytes;
};

/* The way out of one worker. */
struct spout {
	struct worker *worker;
	struct spout *next; /* that waits for the reader, too */
	bool waits; /* it is one of these */
	size_t acked; /* the next bytes of its output are to go out; */
	uint64_t records; /* they are of so many records */
	struct kept kept; /* the bytes behind them, not in their turn */
	struct held *held; /* see order_keep() */
	bool absorbing; /* its output is read before it is acknowledged */
};

struct outflow {
	int fd; /* standard output, or what -o names */
	int to; /* the same, as a description of ours that does not wait */
	const char *name;
	bool begun; /* see output_begin() */
	bool named; /* by -o: what it has goes then, */
	uint64_t start; /* but for so many bytes, of an earlier run */
	bool in_order; /* if asked to, and nobody above does it */
	bool gathers; /* neighbours are rarely with one worker */
	struct order order;
	struct share share; /* with others that write to it */
	struct spout *first, **last; /* that wait, in their turn */
	struct spout *midway; /* it is in the middle of its output; or NULL */
	struct held *aside, **aside_last; /* taken out of spouts, before all others */
	size_t aside_at; /* so much of the first one was written */
	size_t aside_bytes; /* of all of them */
	bool stuck; /* the reader takes no more now */
	struct supervisor *above; /* it may take lines and output as one stream */
	struct ending *ending;
};

/* What is said of a worker whose words count bytes that it did not write. */
extern const char output_overdrawn[];

/*
 * Open the input, as standard input, and the output, as the options say, waiting for the
 * other ends of FIFOs; *in_name is what the input is called.  Does not return if that
 * cannot be.  above was found; the other members are the caller's to set.
 */
void output_open(
    struct outflow *output, const struct run_options *options, const char **in_name);

/*
 * The command is known to be one that can do it, or there was nothing to be done: empty
 * an output that is a file.  Once; before any output.
 */
void output_begin(struct outflow *output);

/*
 * The next bytes of the worker's output are that of record number, or in order of count
 * neighbours from it on: they go out by output_settle() or, if it is not their turn, are
 * kept until it is.
 */
void output_done(struct outflow *output, struct spout *spout, uint64_t number,
    uint64_t count, size_t bytes);

/* The next bytes of it are whole records, of nobody knows which. */
void output_add(struct outflow *output, struct spout *spout, size_t bytes);

/* Record number has no output: the others need not wait for it. */
void output_none(struct outflow *output, uint64_t number);

/*
 * Could output_done() be?  0, or -1 with errno: it needs room in a temporary file, and
 * there is none.
 */
int
output_room(struct outflow *output, struct spout *spout, uint64_t number, size_t bytes);

/* Let out what was acknowledged, as far as the reader takes it. */
void output_settle(struct outflow *output, struct spout *spout);

/* The same, and what is left is taken away from the worker: its output goes on behind. */
void output_clear(struct outflow *output, struct spout *spout);

/* The same of one that is about to go. */
void output_part(struct outflow *output, struct spout *spout);

/* The reader may take more: go on. */
void output_go(struct outflow *output);

/* Is something to go out that the reader did not take yet? */
static inline bool
output_waits(const struct outflow *output)
{
	return output->aside != NULL || output->first != NULL;
}

/* Has its worker said so much that it is to wait for the reader? */
bool output_full(const struct outflow *output, const struct spout *spout);

/* Go on until all that waits is out, however long the reader takes. */
void output_wait(struct outflow *output);

/* When output_go() is to be called, though the reader says nothing, ms from now. */
uint64_t output_due(const struct outflow *output);

/* Records that are done, and are not with the reader. */
uint64_t output_undelivered(const struct outflow *output);

/* Close it, and hear of what could not be written before. */
void output_close(struct outflow *output);

/* Give up what waits. */
void output_drop(struct outflow *output);

#endif
