/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "clock.h"
#include "dispatch.h"
#include "gate.h"
#include "pool.h"
#include "starts.h"

/* Write what it takes now; one that gets no more has its input ended then. */
static void
feed(const struct dispatch *dispatch, struct slot *slot)
{
	worker_feed(&slot->worker); /* a closed end is noticed at its death */
	if (slot->worker.kind != WORKER_BLOCK || worker_hungry(&slot->worker))
		return;
	pool_end_input(dispatch->pool, slot);
}

void
dispatch_writable(const struct dispatch *dispatch, struct slot *slot)
{
	if (worker_hungry(&slot->worker)) {
		feed(dispatch, slot);
		quantum_written(&slot->quantum);
		return;
	}
	if (slot->worker.kind != WORKER_PLAIN || slot->quantum.state == QUANTUM_OPEN)
		return;
	quantum_read(&slot->quantum, &slot->worker, dispatch->pool->living);
	window_consumed(&slot->worker.window, worker_consumed(&slot->worker));
}

/* Give slot something; false if there is nothing for it; *waits: it waits for input. */
static bool
give(struct dispatch *dispatch, struct slot *slot, bool *waits)
{
	struct batch *batch;
	int got = choose_next(dispatch->choose, slot, &batch);
	enum start start;

	if (got <= 0) {
		credit_starved(&slot->credit);
		*waits = *waits || worker_waits(&slot->worker) ||
		    (intake_ready(dispatch->intake) && gate_open(dispatch->gate));
		return false;
	}
	start = starts_fill(dispatch->starts, slot, batch);
	if (start != START_DONE)
		return start == START_REFUSED;
	if (slot->link.host != NULL && dispatch->options->block_records != 0)
		batch_lead(batch, "");
	slot_given(slot, batch_number(batch, batch->count - 1));
	if (slot->credit.since == 0)
		credit_given(&slot->credit, clock_ns());
	if (dispatch->nature->kind == WORKER_BLOCK) {
		start = starts_block(dispatch->starts, slot, batch);
		if (start != START_DONE)
			return start == START_REFUSED;
	}
	batch->given_at = times_work(dispatch->times);
	if (slot->worker.window.records == 0)
		silence_given(&slot->silence, dispatch->times->now);
	if (worker_give(&slot->worker, batch) < 0) {
		supply_put_back(dispatch->supply, batch);
		ending_broken(dispatch->ending, ENOMEM, "window");
		return false;
	}
	if (dispatch->nature->kind == WORKER_BLOCK && starts_handed(slot))
		window_sent(&slot->worker.window, batch->len);
	busy_given(dispatch->busy, slot);
	if (batch->copy)
		speculate_given(dispatch->speculate, slot);
	account_given(&slot->account, batch->first, batch->count, batch->len);
	if (slot->worker.kind == WORKER_PLAIN) /* nobody will tell */
		account_done(&slot->account, batch->count);
	quantum_given(&slot->quantum);
	feed(dispatch, slot);
	if (slot->worker.kind == WORKER_PLAIN)
		quantum_written(&slot->quantum);
	return true;
}

/*
 * One that waits for more, or may, and gets no more before it has answered, has its input
 * ended: it does what it has, and another one goes on.
 */
static void
end_starved(struct dispatch *dispatch)
{
	bool closed = dispatch->gate->phase == PHASE_RUN &&
	    (!gate_open(dispatch->gate) || !keys_room(dispatch->keys));

	for (size_t i = 0; i < dispatch->pool->count; i++) {
		struct slot *slot = dispatch->pool->slots[i];

		if (!speculate_frees(dispatch->speculate, slot) &&
		    (!worker_waits(&slot->worker) ||
			(!closed && !choose_bars(dispatch->choose, slot) &&
			    wants_some(dispatch->wants, slot))))
			continue;
		pool_end_input(dispatch->pool, slot);
	}
}

/* May slot not be given what there is, if there is something, for want of a token? */
static bool
lacks_token(struct dispatch *dispatch, const struct slot *slot)
{
	bool some = intake_ready(dispatch->intake) ||
	    batch_peek(&dispatch->supply->requeued, dispatch->times->now) != NULL ||
	    dispatch->supply->paced->records > 0 || dispatch->options->speculate != 0;

	return some && !busy_may(dispatch->busy, slot);
}

bool
dispatch_turn(struct dispatch *dispatch)
{
	size_t refused = 0;
	bool wanted = false, waits = false;

	blocks_turn(dispatch->blocks); /* else it would be waited for, and nobody asks */
	if (!gate_gives(dispatch->gate))
		return false;
	keys_rehome(dispatch->keys);
	/* Once around without anybody taking something is the end. */
	while (refused < dispatch->pool->count && !ending_near(dispatch->ending)) {
		struct slot *slot = dispatch->pool->slots[dispatch->cursor];

		dispatch->cursor = dispatch->cursor + 1 == dispatch->pool->count
		    ? 0
		    : dispatch->cursor + 1;
		if (!wants_some(dispatch->wants, slot) || lacks_token(dispatch, slot)) {
			refused++;
		} else if (give(dispatch, slot, &waits)) {
			refused = 0;
		} else {
			refused++;
			wanted = true;
		}
	}
	if (!wanted && dispatch->nature->kind == WORKER_BLOCK)
		wanted = blocks_read_on(dispatch->blocks); /* while all have theirs */
	end_starved(dispatch);
	shortfall_note(dispatch->shortfall, waits);
	return wanted && gate_open(dispatch->gate) && keys_room(dispatch->keys) &&
	    paced_room(dispatch->supply->paced);
}
