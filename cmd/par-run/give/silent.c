/* SPDX-License-Identifier: ISC */
#include "silent.h"
#include "diag.h"
#include "host.h"
#include "plural.h"

/* Has it read all that it was given, and not answered it? */
static bool
is_silent(const struct slot *slot)
{
	const struct worker *worker = &slot->worker;

	return allowance_reads_ahead(worker) && worker->in >= 0 &&
	    !worker->stdin_closed && !worker_hungry(worker) &&
	    worker->window.records > 0 && worker_unread(worker) == 0;
}

/* Is it so that nothing may come to it before it answers, for a reason of ours? */
static bool
is_kept_short(const struct silent *silent, const struct slot *slot)
{
	const struct window *window = &slot->worker.window;
	const struct batch *again = slot->lane.requeued.head;

	if (window->head->batch->alone || silent->gate->paused ||
	    silent->gate->phase != PHASE_RUN || choose_reserves(silent->choose, slot) ||
	    (again != NULL && again->alone))
		return true;
	if (!gate_open(silent->gate)) /* all wait for the output of one record */
		return window_has(window, silent->output->order.next);
	return allowance_block_goes_on(silent->allowance, slot);
}

static void
end_input(struct silent *silent, struct slot *slot)
{
	pool_end_input(silent->pool, slot);
	account_progress(&slot->account, times_work(silent->times));
}

/* The worker has as much as it may: once is no matter, but that is no way to go on. */
static void
at_limit(struct silent *silent, struct slot *slot)
{
	const struct window *window = &slot->worker.window;

	if (slot->silence.stuffed && !silent->told) {
		silent->told = true;
		warn("%s: writes nothing before it has %zu byte%s and %llu record%s, or "
		     "the end of its input, which is ended again and again for that; "
		     "see -b, or --ahead",
		    slot->link.host != NULL ? slot->link.host->name
					    : silent->options->command[0],
		    window->bytes, plural(window->bytes, "", "s"),
		    (unsigned long long)window->records,
		    plural(window->records, "", "s"));
	}
	silence_stuff(&slot->silence);
	end_input(silent, slot);
}

bool
silent_check(struct silent *silent, struct slot *slot)
{
	const struct window *window = &slot->worker.window;
	struct ahead_limit limit;

	if (worker_is_mute(&slot->worker, silent->times->now))
		end_input(silent, slot);
	if (!is_silent(slot))
		return false;
	if (is_kept_short(silent, slot)) {
		end_input(silent, slot);
		return false;
	}
	if (allowance_has_room(silent->allowance, slot)) /* there is nothing for it now */
		return false;
	limit = allowance_limit(silent->allowance, slot);
	if (window->records >= limit.records || window->bytes >= limit.bytes) {
		at_limit(silent, slot);
		return false;
	}
	return allowance_widen(slot, &limit);
}

bool
silent_excused(struct silent *silent, struct slot *slot)
{
	struct worker *worker = &slot->worker;
	uint64_t consumed = worker_consumed(worker);

	if (!allowance_reads_ahead(worker) || worker->ended || worker->in < 0)
		return false;
	if (worker->hello.jobs == 1 && silence_reads(&slot->silence, consumed)) {
		account_progress(&slot->account, times_work(silent->times));
		return true;
	}
	if (slot->silence.excused || slot->place.state == PLACE_LEAVING)
		return false;
	silence_excuse(&slot->silence);
	place_event(&slot->place, PLACE_LET_GO);
	account_progress(&slot->account, times_work(silent->times));
	return true;
}
