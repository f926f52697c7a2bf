/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "demand.h"

enum {
	LEAST_SHARE = 16 << 10, /* of the input that is ready, bytes */
	MOST_UNIT = 64 << 20 /* gathered for a stage that makes blocks, bytes */
};

/* Does another worker wait, or soon will, for the rest of its block? */
static bool
is_anothers(const struct demand *demand, uint64_t unit)
{
	const struct pool *pool = demand->pool;

	for (size_t i = 0; i < pool->count; i++)
		if (allowance_part(demand->allowance, pool->slots[i], unit) > 0 &&
		    wants_some(demand->wants, pool->slots[i]))
			return true;
	return false;
}

/* What was cut, as demand_next(); NULL: there was no memory. */
static int
taken(const struct demand *demand, const struct batch *batch)
{
	return batch == NULL ? ending_broken(demand->ending, ENOMEM, demand->intake->name)
			     : 1;
}

bool
demand_exceeds(const struct demand *demand, const struct slot *slot)
{
	const struct worker *worker = &slot->worker;
	uint64_t unit = wants_unit(demand->wants, slot), most = worker->hello.window;
	uint64_t part = allowance_part(demand->allowance, slot, unit);

	return unit > 1 && most != 0 && worker->window.records + unit - part > most;
}

/*
 * So many records for a native stage, of so many bytes.  One that makes blocks of N
 * gets whole ones, so that they are the same as without us.
 */
static int
next_native(struct demand *demand, const struct slot *slot, uint64_t most, size_t share,
    struct batch **batch)
{
	struct intake *intake = demand->intake;
	uint64_t unit = wants_unit(demand->wants, slot), part;

	if (slot->link.host != NULL && demand->options->block_records != 0)
		return blocks_next(demand->blocks, batch);
	if (unit <= 1) {
		*batch = intake_cut(intake, most, share);
		return taken(demand, *batch);
	}
	part = allowance_part(demand->allowance, slot, unit);
	if (demand_exceeds(demand, slot) || (part == 0 && is_anothers(demand, unit)) ||
	    !intake_gather(intake, unit - part, MOST_UNIT))
		return 0;
	if (part > 0)
		*batch = intake_cut(intake, unit - part, SIZE_MAX);
	else
		*batch = intake_cut_units(
		    intake, unit, most < unit ? unit : most - most % unit, share);
	return taken(demand, *batch);
}

int
demand_next(struct demand *demand, struct slot *slot, struct batch **batch)
{
	const struct window *window = &slot->worker.window;
	size_t share = intake_bytes(demand->intake) / demand->pool->count;
	struct ahead_limit may = allowance_now(demand->allowance, slot);
	uint64_t most = may.records - window->records;
	uint64_t fair = allowance_share(demand->allowance, slot);

	if (slot->worker.kind == WORKER_PLAIN)
		return next_native(demand, slot,
		    allowance_left(demand->allowance, slot).records,
		    allowance_quantum(demand->allowance, slot), batch);
	if (slot->worker.kind == WORKER_UNKNOWN)
		most = 1;
	if (most > fair)
		most = fair > 0 ? fair : 1;
	if (share < LEAST_SHARE)
		share = LEAST_SHARE;
	if (share > may.bytes - window->bytes)
		share = (size_t)(may.bytes - window->bytes);
	return next_native(demand, slot, most, share, batch);
}
