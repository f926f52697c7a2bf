/* SPDX-License-Identifier: ISC */
#include "leave.h"

void
leave_turn(struct leave *leave)
{
	bool more = supply_left(leave->supply);

	for (size_t i = 0; i < leave->pool->count; i++) {
		struct slot *slot = leave->pool->slots[i];
		struct worker *worker = &slot->worker;

		if (!place_may(&slot->place, PLACE_HEAR) || worker->in < 0 ||
		    worker->ended || slot->place.state == PLACE_DYING ||
		    (more && place_may(&slot->place, PLACE_GIVE)) ||
		    speculate_needs(leave->speculate, slot))
			continue;
		if (slot->link.host != NULL)
			hosts_cancel(leave->hosts, slot);
		if (worker_hungry(worker))
			continue;
		/* Has it a record, it is still to show what it is, and that it reads. */
		if (worker->window.records > 0 &&
		    (worker->kind == WORKER_UNKNOWN ||
			(worker->kind == WORKER_PLAIN && worker_consumed(worker) == 0)))
			continue;
		pool_end_input(leave->pool, slot);
	}
}
