/* SPDX-License-Identifier: ISC */
/*
 * speculate - at the end of the input, or where the order holds more back, an idle worker
 * gets a copy of what another has had for longer than is usual.  The first result counts;
 * the other is withdrawn, and who had it gets nothing more, and is ended when it was
 * given nothing else.
 *
 * While both have it the record, or block, is in the books of the first one alone.
 * The two together are one try: where one of them comes to nothing the other goes on, and
 * only what becomes of that is charged.
 */
#ifndef PAR_RUN_SPECULATE_H
#define PAR_RUN_SPECULATE_H

#include <stdbool.h>
#include <stdint.h>

#include "ending.h"
#include "gate.h"
#include "options.h"
#include "output.h"
#include "pool.h"
#include "supply.h"
#include "times.h"
#include "usual.h"
#include "wants.h"

struct speculate {
	const struct run_options *options;
	const struct times *times;
	const struct gate *gate;
	const struct supply *supply;
	const struct wants *wants;
	struct pool *pool;
	struct outflow *output;
	struct ending *ending;
	struct usual usual;
	uint64_t pairs; /* that run now */
	struct slot *from; /* whose record was copied last, */
	uint64_t index; /* and which */
};

/* A record, or block, that was given at that work time is done. */
static inline void
speculate_took(struct speculate *speculate, uint64_t given_at)
{
	if (speculate->options->speculate != 0)
		usual_add(&speculate->usual, times_work(speculate->times) - given_at);
}

/*
 * A copy for slot, which has nothing, in *batch: 1; or 0 if there is none to be made now,
 * or -1 without memory, and the run ends.
 */
int speculate_next(
    struct speculate *speculate, const struct slot *slot, struct batch **batch);

/* The worker of slot has got it. */
void speculate_given(struct speculate *speculate, struct slot *slot);

/* The worker of slot has a result for the record, or block, of that index. */
void speculate_won(struct speculate *speculate, struct slot *slot, uint64_t index);

/* The try of that record came to nothing.  True if another one has it still. */
bool speculate_goes_on(struct speculate *speculate, struct slot *slot, uint64_t index);

/* The worker of slot has ended: what others have still is taken out of its window. */
void speculate_ended(struct speculate *speculate, struct slot *slot);

/* Is slot, which gets no more input, to stay for a copy? */
bool speculate_needs(const struct speculate *speculate, const struct slot *slot);

/* Is a worker to be started for one? */
bool speculate_lacks(const struct speculate *speculate);

/* Is the input of slot to be ended, so that it answers, and its place can take a copy? */
bool speculate_frees(const struct speculate *speculate, const struct slot *slot);

/* End workers that were given nothing but what was withdrawn. */
void speculate_turn(struct speculate *speculate);

/* When a copy is to be made, clock_ms(); UINT64_MAX: none is, or nobody is free. */
uint64_t speculate_due(const struct speculate *speculate);

#endif
