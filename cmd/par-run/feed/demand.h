/* SPDX-License-Identifier: ISC */
/*
 * demand - new records for a worker that goes on and on: as many as it has a use for.
 */
#ifndef PAR_RUN_DEMAND_H
#define PAR_RUN_DEMAND_H

#include "allowance.h"
#include "batch.h"
#include "blocks.h"
#include "ending.h"
#include "intake.h"
#include "options.h"
#include "pool.h"
#include "slot.h"
#include "wants.h"

struct demand {
	const struct run_options *options;
	const struct pool *pool;
	const struct allowance *allowance;
	const struct wants *wants;
	struct intake *intake;
	struct blocks *blocks;
	struct ending *ending;
};

/*
 * New records for slot, of those that are ready, in *batch: 1, or 0 if there are none for
 * it now, or -1 and the run ends.
 */
int demand_next(struct demand *demand, struct slot *slot, struct batch **batch);

/*
 * Would that be more than it wants in flight?  What it began a block with may have no
 * neighbour any more: a record that was refused, too long, stood between.
 */
bool demand_exceeds(const struct demand *demand, const struct slot *slot);

#endif
