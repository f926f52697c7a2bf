/* SPDX-License-Identifier: ISC */
/*
 * starts - a worker in an empty place: when there may be one, and what comes of it when
 * it cannot be started, or ends again and again.
 */
#ifndef PAR_RUN_STARTS_H
#define PAR_RUN_STARTS_H

#include "run.h"

/*
 * Start the worker of a slot; for a block: that one, which goes back to be sent again
 * if that cannot be done now; else NULL.  False: not now, or never, and the run ends.
 */
bool starts_one(struct run *run, struct slot *slot, struct batch *block);

/* May another one be tried? */
static inline bool
starts_may(const struct run *run)
{
	return run->times.now >= run->starts.next_at || run->living < run->starts.room;
}

/* The worker of slot has ended: for how long it is not started again. */
void starts_rest(const struct run *run, struct slot *slot);

/* Give in if too many workers have died; how: the last one. */
void starts_count_deaths(struct run *run, const char *how);

#endif
