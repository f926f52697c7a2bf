/* SPDX-License-Identifier: ISC */
/*
 * dispatch - records to workers, on demand: a native one gets as many as it has
 * credit for, a plain one what it reads at once; both get more the faster they are.
 */
#ifndef PAR_RUN_DISPATCH_H
#define PAR_RUN_DISPATCH_H

#include "run.h"

/* May it want more records before it answers those that it has? */
static inline bool
dispatch_reads_ahead(const struct worker *worker)
{
	return worker->kind == WORKER_MAP || worker->hello.ahead;
}

/* The most that one which does so may have unanswered. */
struct ahead_limit dispatch_limit(const struct run *run, const struct slot *slot);

/* It has said hello: it gets as many as it works on at once. */
void dispatch_hello(struct slot *slot);

/* It has records that it does nothing with before it gets more. */
void dispatch_waits(struct slot *slot);

/*
 * Is more input waited for, to go with records that are there or with a worker?  How
 * long that may last before the supervisor above is to be told of it, clock_ms();
 * UINT64_MAX: it need not be.
 */
uint64_t dispatch_short(const struct run *run);

/* Give out what is ready.  True if a worker would take more, were there any. */
bool dispatch(struct run *run);

/* Has it a use for more than it has, as far as we know? */
bool dispatch_has_room(const struct run *run, const struct slot *slot);

/* Is nothing to come to it before it has answered what it has, for its blocks' sake? */
bool dispatch_block_goes_on(const struct run *run, const struct slot *slot);

/* It reads ahead, has no room, and is to have more; true if there may be more soon. */
bool dispatch_widen(struct slot *slot, const struct ahead_limit *limit);

/* How much all workers have, bytes. */
size_t dispatch_in_flight(const struct run *run);

/* It has finished so many records: is it fast or slow? */
void dispatch_credit(struct slot *slot, uint64_t acks);

/* It can be written to. */
void dispatch_writable(struct run *run, struct slot *slot);

/* Has a plain one read what fills its pipe?  Then it may have more. */
void dispatch_check(struct slot *slot);

#endif
