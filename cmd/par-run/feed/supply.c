/* SPDX-License-Identifier: ISC */
#include "supply.h"

bool
supply_left(const struct supply *supply)
{
	const struct gate *gate = supply->gate;
	const struct pool *pool = supply->pool;

	if (gate->hope != HOPE_LEFT)
		return false;
	if (supply->requeued.head != NULL)
		return true;
	if (gate->phase == PHASE_RUN && supply->paced->records > 0)
		return true;
	for (size_t i = 0; keys_on(supply->keys) && i < pool->count; i++)
		if (pool->slots[i]->lane.requeued.head != NULL ||
		    (gate->phase == PHASE_RUN && pool->slots[i]->lane.fresh.head != NULL))
			return true;
	return gate->phase == PHASE_RUN &&
	    (!supply->intake->end || intake_ready(supply->intake));
}

void
supply_put_back(struct supply *supply, struct batch *batch)
{
	if (batch->copy)
		batch_free(batch);
	else
		batch_push(&supply->requeued, batch);
}
