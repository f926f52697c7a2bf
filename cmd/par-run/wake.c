/* SPDX-License-Identifier: ISC */
#include "wake.h"

enum {
	LONGEST = 60 * 1000, /* ms */
	LAST_WORDS = 20 /* ms between looks at one that has ended, and left others */
};

/* When this worker is to be looked at again, ms; UINT64_MAX if it need not be. */
static uint64_t
check_due(const struct wake *wake, const struct slot *slot)
{
	const struct worker *worker = &slot->worker;
	bool absent = slot->place.state == PLACE_EMPTY &&
	    wake->gate->phase < PHASE_STOP && supply_left(wake->supply);

	if (absent && !pool_may_start(wake->pool)) /* or when admit_due() says */
		return wake->restarts->next_at > wake->times->now
		    ? wake->restarts->next_at
		    : UINT64_MAX;
	if (absent && wake->nature->kind != WORKER_BLOCK)
		return busy_bar(wake->busy) && slot->start_at <= wake->times->now
		    ? UINT64_MAX
		    : slot->start_at;
	if (worker->ended)
		return wake->times->now + LAST_WORDS;
	if (worker->pid == 0)
		return UINT64_MAX;
	if ((worker->kind == WORKER_UNKNOWN && !worker->unsure &&
		worker->window.written > 0) ||
	    ((worker_is_counted(worker) || worker->kind == WORKER_MAP) &&
		worker->window.records > 0 &&
		(!output_absorbs(&slot->spout) || worker->hello.ahead)) ||
	    slot->quantum.state == QUANTUM_DRAINING)
		return slot->silence.look_at;
	return UINT64_MAX;
}

static uint64_t
sooner(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* When something of this place is due, clock_ms(); UINT64_MAX if nothing is. */
static uint64_t
slot_due(const struct wake *wake, const struct slot *slot)
{
	uint64_t again = lane_due(&slot->lane);
	uint64_t due = sooner(check_due(wake, slot), overdue_at(wake->overdue, slot));

	due = sooner(due, errors_due(&slot->worker.errors));
	/* What is ready waits for a worker, not for time. */
	return again > wake->times->now ? sooner(due, again) : due;
}

/* When the next of all that is no place's own is due. */
static uint64_t
others_due(const struct wake *wake)
{
	uint64_t again = batch_due(&wake->supply->requeued),
		 pause = sooner(output_due(wake->output), ledger_due(wake->ledger));
	uint64_t due = sooner(checkpoint_due(wake->checkpoint), report_due(wake->report));

	due = sooner(due, sooner(wake->blocks->due, shortfall_due(wake->shortfall)));
	due = sooner(due, capacity_due(wake->capacity));
	due = sooner(due, beat_due(wake->beat));
	due = sooner(due, hosts_due(wake->hosts));
	due = sooner(due, admit_due(wake->admit));
	due = sooner(due, paced_due(wake->supply->paced, wake->times->now));
	if (again > wake->times->now)
		due = sooner(due, again);
	if (pause != UINT64_MAX)
		due = sooner(due, wake->times->now + pause);
	due = sooner(due, reap_due(wake->reap));
	due = sooner(due, offer_due(wake->offer));
	if (wake->restarts->alone)
		due = sooner(due, wake->restarts->next_at);
	due = sooner(due, renew_due(wake->renew));
	if (!busy_bar(wake->busy)) /* else nobody can take a copy */
		due = sooner(due, speculate_due(wake->speculate));
	return sooner(due, stop_due(wake->stop));
}

int
wake_in(const struct wake *wake)
{
	uint64_t due = others_due(wake), now = wake->times->now;

	if (wake->gate->hope != HOPE_LEFT && wake->pool->living == 0)
		return 0;
	for (size_t i = 0; i < wake->pool->count; i++)
		due = sooner(due, slot_due(wake, wake->pool->slots[i]));
	if (due == UINT64_MAX)
		return -1;
	return due <= now ? 0 : (int)sooner(due - now, LONGEST);
}
