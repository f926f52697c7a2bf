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
#include "ends.h"
#include "frames.h"
#include "options.h"
#include "order.h"
#include "share.h"
#include "supervisor.h"
#include "worker.h"

/* Is output read that is not acknowledged yet? */
enum spout_reads {
	SPOUT_PIPED, /* no: it waits where it is */
	SPOUT_ABSORBS, /* until what is read is out: its pipe has too little room */
	SPOUT_ABSORBS_ALL /* whatever comes */
};

/* The way out of one worker. */
struct spout {
	struct worker *worker;
	struct spout *next; /* that waits for the reader, too */
	bool waits; /* it is one of these */
	size_t acked; /* the next bytes of its output are to go out; */
	uint64_t records; /* they are of so many records that are done */
	struct extent early; /* the bytes behind them, not in their turn, of neighbours */
	struct retained *retained; /* see order_retain() */
	enum spout_reads reads;
};

struct outflow {
	int fd; /* standard output, or what -o names */
	struct fdio_sink to; /* the same, as a description of ours that does not wait */
	const char *name;
	bool begun; /* see output_begin() */
	bool named; /* by -o: what it has goes then, */
	uint64_t start; /* but for so many bytes, of an earlier run */
	bool in_order; /* if asked to, and no parent does it */
	bool gathers; /* neighbours are rarely with one worker */
	struct order order;
	struct share share; /* with others that write to it */
	struct spout *first, **last; /* that wait, in their turn */
	struct spout *midway; /* it is in the middle of its output; or NULL */
	struct retained *aside, **aside_last; /* taken out of spouts, before all others */
	size_t aside_at; /* so much of the first one was written */
	size_t aside_bytes; /* of all of them */
	uint64_t tickets; /* how many were taken aside so far: the last one's ticket */
	/*
	 * Called where one output has ended and the next not begun; false: that is to
	 * wait.  NULL: nothing comes between.
	 */
	bool (*between)(void *context);
	void *between_context;
	/* Called before anything is written; NULL: nothing is in the way. */
	void (*before)(void *context);
	void *before_context;
	bool stuck; /* the reader takes no more now */
	struct supervisor *parent; /* it may take lines and output as one stream: */
	struct frames frames; /* those of the first spout that waits */
	struct ending *ending;
};

/* What is said of a worker whose words count bytes that it did not write. */
extern const char output_overdrawn[];

/*
 * Begin with what was opened; does not return if that cannot be.  parent was found; the
 * other members are the caller's to set.
 */
void output_open(struct outflow *output, const struct ends *ends);

/*
 * The command is known to be one that can do it, or there was nothing to be done: empty
 * an output that is a file.  Once; before any output.
 */
void output_begin(struct outflow *output);

/* May what is done now go out from where it is, behind all that does already? */
bool
output_is_next(const struct outflow *output, const struct spout *spout, uint64_t number);

/*
 * The next bytes of the worker's output are that of record number, or in order of count
 * neighbours from it on: they go out by output_flush() or, if it is not their turn, are
 * retained until it is.
 */
void output_done(struct outflow *output, struct spout *spout, uint64_t number,
    uint64_t count, size_t bytes);

/* The next bytes are that of a record that failed, and is named: nobody waits for it. */
void
output_failed(struct outflow *output, struct spout *spout, uint64_t number, size_t bytes);

/* The next bytes of it are whole records, of nobody knows which. */
void output_add(struct outflow *output, struct spout *spout, size_t bytes);

/* Record number has no output: the others need not wait for it. */
void output_none(struct outflow *output, uint64_t number);

/* Is its output read before it is acknowledged? */
static inline bool
output_absorbs(const struct spout *spout)
{
	return spout->reads != SPOUT_PIPED;
}

/* Output is read before it is acknowledged, or is not, unless all is. */
static inline void
output_absorb(struct spout *spout, bool absorbs)
{
	if (spout->reads != SPOUT_ABSORBS_ALL)
		spout->reads = absorbs ? SPOUT_ABSORBS : SPOUT_PIPED;
}

/* Whatever it writes is, from now on. */
static inline void
output_absorb_all(struct spout *spout)
{
	spout->reads = SPOUT_ABSORBS_ALL;
}

/*
 * Could output_done() be?  0, or -1 with errno: it needs room in a temporary file, and
 * there is none.
 */
int
output_room(struct outflow *output, struct spout *spout, uint64_t number, size_t bytes);

/* Let out what was acknowledged, as far as the reader takes it. */
void output_flush(struct outflow *output, struct spout *spout);

/* Let it out, and take what is left from the worker: its output goes on behind. */
void output_clear(struct outflow *output, struct spout *spout);

/* Clear a spout whose worker is about to go. */
void output_part(struct outflow *output, struct spout *spout);

/* The reader may take more: go on. */
void output_go(struct outflow *output);

/* Go on behind start bytes of an earlier run, with the output of record next. */
static inline void
output_go_on(struct outflow *output, uint64_t start, uint64_t next)
{
	output->start = start;
	output->order.next = next;
}

/* Has something come out of the order that the reader did not take yet? */
static inline bool
output_offers(const struct outflow *output)
{
	return output->aside != NULL || output->first != NULL ||
	    (output->stuck && output->frames.out.used > 0);
}

/* Is something to go out that the reader did not take yet, or that was not offered? */
static inline bool
output_waits(const struct outflow *output)
{
	return output_offers(output) || order_ready(&output->order);
}

/* Is it in the middle of one output? */
static inline bool
output_midway(const struct outflow *output)
{
	return output->midway != NULL || output->aside_at > 0;
}

/* Is all out of what was taken aside up to that ticket? */
static inline bool
output_past(const struct outflow *output, uint64_t ticket)
{
	const struct retained *first = output->aside;

	/* The first one may have come last, see take_aside(). */
	return first == NULL ||
	    (first->ticket > ticket &&
		(first->next == NULL || first->next->ticket > ticket));
}

/* Has its worker said so much that it is to wait for the reader? */
bool output_full(const struct outflow *output, const struct spout *spout);

/* Send the parent the lines told so far, if all that they count is out. */
void output_report(struct outflow *output);

/* When output_go() is to be called, though the reader says nothing, ms from now. */
uint64_t output_due(const struct outflow *output);

/* Records that are done, not with the reader, and that no spout has any more. */
uint64_t output_undelivered(const struct outflow *output);

/* Records that are done, not with the reader, and that this spout has. */
static inline uint64_t
output_left(const struct spout *spout)
{
	return spout->records + spout->early.done;
}

/* Close it, and hear of what could not be written before. */
void output_close(struct outflow *output);

/* Give up what waits. */
void output_drop(struct outflow *output);

#endif
