/* SPDX-License-Identifier: ISC */
#include "reap.h"
#include "diag.h"
#include "spawn.h"

enum { EVERY = 1000 /* ms between looks at all, though no signal told */ };

/* The worker has ended and nothing more of it will come. */
static void
empty_place(struct reap *reap, struct slot *slot)
{
	char how[WORKER_EXIT_TEXT];
	enum place_event gone;

	worker_blame(&slot->worker, reap->oom);
	output_clear(reap->output, &slot->spout);
	collect_end(reap->collect, slot);
	gone = death_outcome(reap->death, slot);
	if (slot->worker.kind == WORKER_PLAIN && slot->worker.buffered.end > 0 &&
	    slot->worker.exit_signal == 0)
		plain_last(reap->plain, slot);
	output_part(reap->output, &slot->spout);
	worker_close(&slot->worker);
	record_files_drop(reap->record_files, slot->worker.number);
	pool_ended(reap->pool, slot, gone);
	starts_rest(reap->starts, slot);
	worker_exit_text(&slot->worker, how);
	starts_count_deaths(reap->starts, how);
	if (slot->link.host == NULL && starts_never(reap->starts, slot, 0))
		gate_give_in(reap->gate, HOPE_NEVER, diag_never);
}

/* The worker has ended; are others of its group left to write its output? */
static bool
is_written_on(struct worker *worker)
{
	if ((worker->kind != WORKER_PLAIN && worker->kind != WORKER_BLOCK) ||
	    worker->out < 0 || worker->force == FORCE_KILL)
		return false;
	worker_reap(worker); /* the zombie is of the group, too */
	return worker_group_alive(worker);
}

static bool
is_worker(const void *context, pid_t pid)
{
	const struct pool *pool = context;

	for (size_t i = 0; i < pool->count; i++)
		if (pool->slots[i]->worker.pid == pid)
			return true;
	return false;
}

/* Is nothing heard now?  What those who have ended have told is heard before they go. */
static bool
is_put_off(const struct reap *reap)
{
	return !collect_hears(reap->collect) && reap->gate->phase < PHASE_STOP;
}

/* See who has ended, of all or of those that are known to have and left others. */
static void
reap_ended(struct reap *reap, bool all)
{
	if (all)
		reap->look_at = reap->times->now + EVERY;
	for (size_t i = 0; i < reap->pool->count; i++) {
		struct slot *slot = reap->pool->slots[i];
		struct worker *worker = &slot->worker;

		if (!worker->ended && (worker->pid == 0 || !all))
			continue;
		if (!worker_ended(worker) || is_put_off(reap))
			continue;
		collect_rest(reap->collect, slot);
		if (is_put_off(reap))
			continue;
		if (is_written_on(worker)) {
			output_absorb(&slot->spout, true);
			continue;
		}
		worker_end_rest(worker);
		worker_reap(worker);
		collect_rest(reap->collect, slot);
		if (!is_put_off(reap))
			empty_place(reap, slot);
	}
	if (all)
		spawn_reap_others(is_worker, reap->pool);
}

void
reap_turn(struct reap *reap, bool told)
{
	reap_ended(reap, told || reap->times->now >= reap->look_at);
}

uint64_t
reap_due(const struct reap *reap)
{
	return reap->pool->living > 0 ? reap->look_at : UINT64_MAX;
}
