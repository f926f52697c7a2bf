/* SPDX-License-Identifier: ISC */
/*
 * pool - how many workers there are: more, fewer, or new ones in their place,
 * while the run goes on and without sending a record twice.
 */
#ifndef PAR_RUN_POOL_H
#define PAR_RUN_POOL_H

#include <stddef.h>

#include "run.h"

/*
 * One more place, empty: its worker is started when there is work for it.  NULL
 * without memory.
 */
struct slot *pool_add(struct run *run);

/* End the input of the worker of slot. */
void pool_end_input(struct run *run, struct slot *slot);

/*
 * Have so many workers.  Those that are missing are started by the loop; those too
 * many, the last ones, finish what they have.  0, or -1 without memory.
 */
int pool_resize(struct run *run, size_t workers);

/* Replace all workers that run now, one at a time. */
void pool_renew(struct run *run);

/* Go on with that, if it is time to. */
void pool_turn(struct run *run);

#endif
