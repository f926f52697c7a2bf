/* SPDX-License-Identifier: ISC */
/*
 * supply - what there is for workers: records to be sent again, and input that none of
 * them has yet.
 */
#ifndef PAR_RUN_SUPPLY_H
#define PAR_RUN_SUPPLY_H

#include <stdbool.h>

#include "batch.h"
#include "gate.h"
#include "intake.h"
#include "keys.h"
#include "paced.h"
#include "pool.h"
#include "slot.h"

struct supply {
	const struct gate *gate;
	const struct intake *intake;
	const struct keys *keys;
	const struct pool *pool;
	struct paced *paced; /* new input, too, whose key may not begin another one */
	struct batch_queue requeued; /* before new input; not by keys */
};

/* Is there some that no worker has, now or later? */
bool supply_left(const struct supply *supply);

/* Has any input come, in this run or one that it goes on from? */
static inline bool
supply_came(const struct supply *supply)
{
	const struct intake *intake = supply->intake;

	return intake->next > 0 || intake->used > intake->cut;
}

/* Is there none, and never will be? */
static inline bool
supply_empty(const struct supply *supply)
{
	return supply->intake->end && !supply_came(supply);
}

/* The batch was given to nobody after all.  Takes it; of a copy nothing is left to do. */
void supply_put_back(struct supply *supply, struct batch *batch);

/* Where records of the worker of slot go that are to be sent again. */
static inline struct batch_queue *
supply_requeued(struct supply *supply, struct slot *slot)
{
	return keys_on(supply->keys) ? &slot->lane.requeued : &supply->requeued;
}

#endif
