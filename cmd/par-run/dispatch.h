/* SPDX-License-Identifier: ISC */
/*
 * dispatch - records to workers, on demand: a native one gets as many as it has
 * credit for, a plain one what it reads at once; both get more the faster they are.
 */
#ifndef PAR_RUN_DISPATCH_H
#define PAR_RUN_DISPATCH_H

#include "run.h"

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

/* May new input be given out, rather than what is to be sent again? */
bool dispatch_open(const struct run *run);

/* Give out what is ready.  True if a worker would take more, were there any. */
bool dispatch(struct run *run);

/* It has finished so many records: is it fast or slow? */
void dispatch_credit(struct slot *slot, uint64_t acks);

/* It can be written to. */
void dispatch_writable(struct slot *slot);

/* Has it read what it was given?  Then it may need more to do anything. */
void dispatch_check(struct slot *slot);

#endif
