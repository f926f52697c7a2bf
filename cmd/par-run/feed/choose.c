/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "choose.h"
#include "num.h"

/*
 * How many records of a batch that is sent again it may have at once: all, but for what
 * it said that it wants, or may read ahead, what is left for it, and one that is to show
 * what it is.
 */
static uint64_t
most_again(const struct choose *choose, const struct slot *slot)
{
	const struct worker *worker = &slot->worker;
	uint64_t window = worker->hello.window, has = worker->window.records;
	uint64_t left = allowance_left(choose->allowance, slot).records;

	if (choose->options->block_records != 0)
		return UINT64_MAX;
	if (worker->kind == WORKER_UNKNOWN)
		return 1;
	if (allowance_reads_ahead(worker))
		window = allowance_limit(choose->allowance, slot).records;
	else if (worker->kind != WORKER_NATIVE || window == 0)
		return left;
	window = window > has ? window - has : 1;
	return window < left ? window : left;
}

/* The first that is sent again and may begin now; NULL: none. */
static const struct batch *
peek_again(const struct choose *choose)
{
	uint64_t now = choose->times->now, at;
	struct batch *again;

	while ((again = batch_peek(&choose->supply->requeued, now)) != NULL &&
	    (at = polite_at(choose->polite, again)) > now)
		again->not_before = at;
	return again;
}

/*
 * What is sent again comes first; it is what choose_next() returns.  What is to be alone
 * waits for a worker that is free, and one is kept free for it as long as it waits.
 */
static int
next_again(struct choose *choose, const struct slot *slot, struct batch **batch)
{
	struct batch_queue *queue = &choose->supply->requeued;
	uint64_t now = choose->times->now;
	const struct batch *again = peek_again(choose);
	const struct slot *reserved = choose->reserved;
	int got;

	if (again == NULL ||
	    (reserved != NULL && !place_may(&reserved->place, PLACE_GIVE)))
		choose->reserved = NULL;
	if (again == NULL)
		return 0;
	if (again->alone && slot->worker.window.records > 0) {
		if (choose->reserved == NULL)
			choose->reserved = slot;
		return 0;
	}
	got = batch_take(queue, now, most_again(choose, slot), batch);
	if (choose->reserved == slot)
		choose->reserved = NULL;
	if (got >= 0 && polite_begin(choose->polite, *batch) < 0) {
		supply_put_back(choose->supply, *batch);
		got = -1;
	}
	if (got < 0)
		return ending_broken(choose->ending, ENOMEM, "records to send again");
	return 1;
}

/* The next batch of what only this worker may get. */
static int
next_by_key(struct choose *choose, struct slot *slot, struct batch **batch)
{
	const struct window *window = &slot->worker.window;
	struct ahead_limit may = allowance_now(choose->allowance, slot);
	struct keys *keys = choose->keys;

	if (slot->worker.kind == WORKER_UNKNOWN)
		return keys_next(keys, slot, 1, SIZE_MAX, false, batch);
	if (slot->worker.kind == WORKER_PLAIN)
		return keys_next(keys, slot,
		    allowance_left(choose->allowance, slot).records,
		    allowance_quantum(choose->allowance, slot), false, batch);
	return keys_next(keys, slot, may.records - window->records,
	    num_clip(may.bytes - window->bytes),
	    allowance_neighbours(choose->allowance, slot), batch);
}

/*
 * Is all that is left behind one that is kept for another worker?  That one may lack the
 * very token that this one has, which waits for more.
 */
static bool
is_last(const struct choose *choose, const struct slot *slot)
{
	return choose->reserved != NULL && choose->reserved != slot &&
	    slot->worker.window.records > 0 && choose->intake->end &&
	    !intake_ready(choose->intake);
}

bool
choose_bars(const struct choose *choose, struct slot *slot)
{
	const struct batch *again = lane_again(&slot->lane, choose->times->now);

	return choose_reserves(choose, slot) || is_last(choose, slot) ||
	    (again != NULL && again->alone && slot->worker.window.records > 0) ||
	    (choose->supply->requeued.head == NULL && !keys_on(choose->keys) &&
		demand_exceeds(choose->demand, slot));
}

/*
 * Is nobody to get anything now, for the sake of a block that is to have all memory to
 * itself, or has it?
 */
static bool
choose_solo(const struct choose *choose)
{
	const struct pool *pool = choose->supply->pool;
	const struct batch *again;

	if (pool->admission->limits.memory == 0 || pool->living == 0)
		return false;
	again = batch_peek(&choose->supply->requeued, choose->times->now);
	if (again != NULL && again->solo)
		return true;
	for (size_t i = 0; i < pool->count; i++) {
		const struct flight *head = pool->slots[i]->worker.window.head;

		if (head != NULL && head->batch->solo)
			return true;
	}
	return false;
}

int
choose_next(struct choose *choose, struct slot *slot, struct batch **batch)
{
	int got;

	if (keys_on(choose->keys))
		return next_by_key(choose, slot, batch);
	if (choose_solo(choose))
		return 0;
	got = next_again(choose, slot, batch);
	if (got != 0)
		return got;
	if (polite_on(choose->polite))
		return polite_next(choose->polite, batch);
	if (choose_reserves(choose, slot) || !gate_open(choose->gate) ||
	    !intake_ready(choose->intake))
		return speculate_next(choose->speculate, slot, batch);
	return choose->nature->kind == WORKER_BLOCK
	    ? blocks_next(choose->blocks, batch)
	    : demand_next(choose->demand, slot, batch);
}
