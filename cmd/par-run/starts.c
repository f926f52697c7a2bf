/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "backoff.h"
#include "gate.h"
#include "hosts.h"
#include "starts.h"

/* Before a worker starts again after others that finished nothing, or did not start. */
static const struct backoff deaths = { .first = 10, .longest = 1000 };

void
starts_count_deaths(struct run *run, const char *how)
{
	const struct restarts *restarts = &run->restarts;
	char why[WORKER_EXIT_TEXT + 120];

	if (!gate_has_input(run) || !restarts_over(restarts, run->workers))
		return;
	if (restarts->limit.within == 0)
		snprintf(why, sizeof(why),
		    "%llu workers in a row ended without finishing a record, the last %s",
		    (unsigned long long)restarts->row, how);
	else
		snprintf(why, sizeof(why),
		    "more than %llu workers ended within %g s, the last %s",
		    (unsigned long long)restarts->limit.most,
		    (double)restarts->limit.within / 1000, how);
	gate_give_in(run, why);
}

void
starts_rest(const struct run *run, struct slot *slot)
{
	uint64_t row = run->restarts.row; /* the first is started again at once */

	slot->start_at = run->times.now +
	    (slot->host != NULL ? hosts_pause(slot)
				: backoff_wait(&deaths, row < 1 ? 0 : row - 1, 0));
}

/* A worker was started: it begins with little. */
static void
begin(struct run *run, struct slot *slot)
{
	if (run->living++ >= run->starts.room)
		run->starts.failed = 0;
	run->started = true;
	place_event(&slot->place, PLACE_START);
	if (slot->worker.kind != WORKER_UNKNOWN)
		place_event(&slot->place,
		    slot->worker.kind == WORKER_PLAIN ? PLACE_PLAIN : PLACE_KNOWN);
	slot->account.restarts += slot->account.starts > 0 && run->kind != WORKER_BLOCK;
	slot->account.starts++;
	credit_start(&slot->credit);
	slot->widened = 0;
	slot->consumed = 0;
	slot->lines = 0;
	slot->waits = 0;
	slot->nul = false;
	slot->put_back = 0;
	slot->kill_at = 0;
	slot->outdated = slot->excused = false;
	slot->progress_at = slot->started_at = times_work(&run->times);
	slot->parcel = 1;
	slot->writable = true;
	slot->draining = false;
	slot->burst[0] = '\0';
	slot->burst_final = false;
	slot->check_wait = 1;
	slot->check_at = run->times.now + 1;
}

/* May it be started later, though it never was before? */
static bool
may_pass(int error)
{
	return error == ETXTBSY || (diag_is_shortage(error) && error != EMFILE);
}

/*
 * It may be started later.  A shortage is no death while others work: there are fewer
 * of them for a while.
 */
static void
start_failed(struct run *run, struct slot *slot, int error)
{
	struct starts *starts = &run->starts;
	bool fewer = diag_is_shortage(error) && run->living > 0;
	char how[WORKER_EXIT_TEXT];

	snprintf(how, sizeof(how), "could not be started: %.40s", strerror(error));
	if (starts->told != error)
		warn("worker %u: %s%s", slot->worker.number, how,
		    fewer ? "; fewer workers for now" : "");
	starts->told = error;
	starts->room = fewer ? run->living : 0;
	starts->next_at = run->times.now + backoff_wait(&deaths, ++starts->failed, 0);
	if (fewer)
		return;
	restarts_count(&run->restarts, run->times.now);
	starts_rest(run, slot);
	starts_count_deaths(run, how);
}

/* How a worker may tell of neighbours: with the bytes of each where they matter. */
static enum runs
may_tell(const struct run *run, const struct slot *slot)
{
	if (slot->host != NULL) /* it may be of a version that cannot */
		return RUNS_NONE;
	return run_has_places(run) || run->log.on || run->options->max_output != 0
	    ? RUNS_COUNTED
	    : RUNS_SUMMED;
}

bool
starts_one(struct run *run, struct slot *slot, struct batch *block)
{
	struct worker_plan plan = { .argv = slot->command,
		.env = slot->env,
		.in_bytes = block == NULL ? 0 : block->len,
		.runs = may_tell(run, slot),
		.kind = run->kind == WORKER_NATIVE ? WORKER_UNKNOWN : run->kind };
	const char *name = slot->command[0];
	int error;

	if (slot->host != NULL) {
		hosts_begin(run, slot);
		plan.argv = slot->command;
		plan.framed = true;
		plan.preamble = slot->host->job;
		plan.preamble_len = slot->host->job_len;
		name = slot->command[0];
	}
	snprintf(slot->of, sizeof(slot->of), "PAR_WORKERS=%zu", run->workers);
	if (worker_start(&slot->worker, &plan) == 0) {
		begin(run, slot);
		return true;
	}
	error = errno;
	if (run->started || may_pass(error)) {
		if (block != NULL)
			batch_push(&run->again, block);
		start_failed(run, slot, error);
		return false;
	}
	if (block != NULL)
		batch_push(&run->again, block);
	ending_add(&run->ending, ENDING_NO_START, error, name);
	return false;
}
