/* SPDX-License-Identifier: ISC */
#include "silent.h"
#include "dispatch.h"
#include "gate.h"
#include "move.h"
#include "pool.h"

/* Has it read all that it was given, and not answered it? */
static bool
is_silent(const struct slot *slot)
{
	const struct worker *worker = &slot->worker;

	return dispatch_reads_ahead(worker) && worker->in >= 0 && !worker->deaf &&
	    !worker_hungry(worker) && worker->window.records > 0 &&
	    move_held(worker->in) == 0;
}

/* Is it so that nothing may come to it before it answers, for a reason of ours? */
static bool
is_kept_short(const struct run *run, struct slot *slot)
{
	struct window *window = &slot->worker.window;
	const struct batch *again = slot->lane.again.head;

	if (window->head->batch->alone || run->paused || run->phase != PHASE_RUN ||
	    run->reserved == slot || (again != NULL && again->alone))
		return true;
	if (!gate_open(run)) /* all wait for the output of one record */
		return window_oldest(window) == run->output.order.next;
	return dispatch_block_goes_on(run, slot);
}

static void
end_input(struct run *run, struct slot *slot)
{
	pool_end_input(run, slot);
	slot->progress_at = times_work(&run->times);
}

/* It has as much as it may: once is no matter, but that is no way to go on. */
static void
at_limit(struct run *run, struct slot *slot)
{
	const struct window *window = &slot->worker.window;

	if (slot->stuffed && !run->stuffed_told) {
		run->stuffed_told = true;
		warn("%s: writes nothing before it has %zu bytes and %llu records, or "
		     "the end of its input, which is ended again and again for that; "
		     "see -b, or --ahead",
		    slot->host != NULL ? slot->host->name : slot->command[0],
		    window->bytes, (unsigned long long)window->records);
	}
	slot->stuffed = true;
	end_input(run, slot);
}

bool
silent_check(struct run *run, struct slot *slot)
{
	const struct window *window = &slot->worker.window;
	struct ahead_limit limit;

	if (!is_silent(slot))
		return false;
	if (is_kept_short(run, slot)) {
		end_input(run, slot);
		return false;
	}
	if (dispatch_has_room(run, slot)) /* there is nothing for it now */
		return false;
	limit = dispatch_limit(run, slot);
	if (window->records >= limit.records || window->bytes >= limit.bytes) {
		at_limit(run, slot);
		return false;
	}
	return dispatch_widen(slot, &limit);
}

bool
silent_excused(struct run *run, struct slot *slot)
{
	struct worker *worker = &slot->worker;
	uint64_t consumed = worker_consumed(worker);

	if (!dispatch_reads_ahead(worker) || worker->ended || worker->in < 0)
		return false;
	if (worker->hello.jobs == 1 && consumed > slot->consumed) {
		slot->consumed = consumed;
		slot->progress_at = times_work(&run->times);
		return true;
	}
	if (slot->excused || slot->place.state == PLACE_LEAVING)
		return false;
	slot->excused = true;
	place_event(&slot->place, PLACE_LET_GO);
	slot->progress_at = times_work(&run->times);
	if (run->reserved == slot)
		run->reserved = NULL;
	return true;
}
