/* SPDX-License-Identifier: ISC */
/*
 * pool - how many workers there are: more, fewer, or new ones in their place,
 * while the run goes on and without sending a record twice.
 */
#ifndef PAR_RUN_POOL_H
#define PAR_RUN_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "account.h"
#include "admission.h"
#include "restarts.h"
#include "slot.h"
#include "times.h"

struct pool {
	const struct run_options *options;
	const struct times *times;
	const struct restarts *restarts;
	struct admission *admission;
	struct accounts *accounts; /* of all slots */
	struct slot **slots;
	size_t count, room; /* of slots */
	size_t workers; /* that there are to be: slots that are not retired */
	size_t living; /* workers that were started and not reaped */
	bool tuned; /* how many there are to be is found by trying */
	bool renewing; /* see pool_renew() */
};

/*
 * One more place, empty: its worker is started when there is work for it.  NULL
 * without memory.
 */
struct slot *pool_add(struct pool *pool);

/* There are to be so many workers, from the beginning. */
static inline void
pool_begin(struct pool *pool, size_t workers)
{
	pool->workers = workers;
}

/* May another worker be started now? */
static inline bool
pool_may_start(const struct pool *pool)
{
	return restarts_may(pool->restarts, pool->living, pool->times->now) &&
	    admission_may(pool->admission, pool->living, pool->times->now);
}

/* The worker of slot was started. */
void pool_started(struct pool *pool, struct slot *slot);

/* End the input of the worker of slot. */
void pool_end_input(const struct pool *pool, struct slot *slot);

/* A worker has ended, and what it had is requeued or given up: PLACE_GONE or
 * PLACE_GONE_EARLY.
 */
void pool_ended(struct pool *pool, struct slot *slot, enum place_event gone);

/*
 * Have so many workers.  Those that are missing are started by the loop; those too
 * many, the last ones, finish what they have.  0, or -1 without memory.
 */
int pool_resize(struct pool *pool, size_t workers);

/* Replace all workers that run now, one at a time. */
void pool_renew(struct pool *pool);

/* Replace the worker of slot, now that it is its turn. */
static inline void
pool_renew_one(struct pool *pool, struct slot *slot)
{
	slot->outdated = true;
	pool->renewing = true;
}

/* Go on with that, if it is time to; native: workers say hello before they are ready. */
void pool_turn(struct pool *pool, bool native);

/* Records that workers have, bytes. */
size_t pool_in_flight(const struct pool *pool);

void pool_close(struct pool *pool);

#endif
