/* SPDX-License-Identifier: ISC */
#include "renew.h"

/* Is it one of ours that goes on, and has begun to be of use? */
static bool
concerns(const struct slot *slot)
{
	const struct worker *worker = &slot->worker;

	return slot->link.host == NULL && place_may(&slot->place, PLACE_GIVE) &&
	    worker->kind != WORKER_UNKNOWN && worker->window.given_records > 0;
}

void
renew_turn(struct renew *renew)
{
	const struct renewal_limit *limit = &renew->options->renewal;

	if (limit->given == NULL)
		return;
	for (size_t i = 0; i < renew->pool->count; i++) {
		struct slot *slot = renew->pool->slots[i];

		if (!concerns(slot))
			continue;
		if (allowance_spent(renew->allowance, slot))
			place_event(&slot->place, PLACE_LET_GO);
		else if (renew->times->now >= renewal_at(limit, slot->since))
			pool_renew_one(renew->pool, slot);
	}
}

uint64_t
renew_due(const struct renew *renew)
{
	const struct renewal_limit *limit = &renew->options->renewal;
	uint64_t due = UINT64_MAX;

	for (size_t i = 0; limit->time != UINT64_MAX && i < renew->pool->count; i++) {
		const struct slot *slot = renew->pool->slots[i];

		if (concerns(slot) && !slot->outdated &&
		    renewal_at(limit, slot->since) < due)
			due = renewal_at(limit, slot->since);
	}
	return due;
}
