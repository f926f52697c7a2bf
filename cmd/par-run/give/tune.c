/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "tune.h"

void
tune_turn(struct tune *tune)
{
	uint64_t most = per_worker_workers(&tune->options->per_worker);
	struct pool *pool = tune->pool;
	size_t workers;

	if (!tune->on && pool->tuned)
		climb_begin(&tune->climb, pool->workers,
		    most < WORKERS_MAX ? (size_t)most : WORKERS_MAX, tune->times->now);
	tune->on = pool->tuned;
	if (!tune->on)
		return;
	workers = climb_turn(&tune->climb, tune->times->now, tune->tally->finished);
	if (workers != pool->workers && pool_resize(pool, workers) < 0)
		ending_broken(tune->ending, errno, "cannot begin");
}
