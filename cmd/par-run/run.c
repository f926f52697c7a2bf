/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "clock.h"
#include "hosts.h"
#include "run.h"
#include "sig.h"
#include "undone.h"

enum { LAST_GRACE = 1000 }; /* ms from telling workers to end to killing them */

/* Before a worker starts again after others that finished nothing, or did not start. */
static const struct backoff deaths = { .first = 10, .longest = 1000 };

void
run_signal_workers(struct run *run, int number)
{
	pid_t *leaders = calloc(run->slot_count + 1, sizeof(*leaders));
	size_t count = 0;

	for (size_t i = 0; i < run->slot_count; i++) {
		struct worker *worker = &run->slots[i]->worker;

		if (leaders == NULL) /* then one by one, which takes longer */
			worker_signal(worker, number);
		else if (worker_to_signal(worker, number))
			leaders[count++] = worker->pid;
	}
	if (leaders != NULL)
		kin_signal(&run->kin, leaders, count, number);
	free(leaders);
}

/* Has every worker ended? */
static bool
all_ended(struct run *run)
{
	bool ended = true;

	for (size_t i = 0; i < run->slot_count; i++) {
		struct worker *worker = &run->slots[i]->worker;

		ended = ended && (worker->pid == 0 || worker_ended(worker));
	}
	return ended;
}

void
run_abandon(struct run *run)
{
	uint64_t now = clock_ms(), until = now + LAST_GRACE;
	struct pollfd wake = { .fd = run->signals, .events = POLLIN };

	run_signal_workers(run, SIGTERM);
	for (size_t i = 0; i < run->slot_count; i++) {
		struct worker *worker = &run->slots[i]->worker;

		if (worker->pid != 0 && worker->kind == WORKER_PLAIN)
			run->unknown += worker->window.given_records;
		worker_hang_up(worker);
	}
	while (!all_ended(run) && now < until) {
		poll(&wake, 1, (int)(until - now));
		while (sig_next(run->signals) != 0)
			;
		now = clock_ms();
	}
	run_signal_workers(run, SIGKILL); /* what those that ended left behind, too */
	for (size_t i = 0; i < run->slot_count; i++)
		worker_reap(&run->slots[i]->worker);
	control_close(&run->control);
}

void
run_output_failed(struct run *run, int error)
{
	if (error != EPIPE)
		run_broken(run, error, run->out_name);
	run_abandon(run);
	die_output(error, run->out_name);
}

/* End with status after what was said. */
static _Noreturn void
leave(struct run *run, int status)
{
	if (run->intake.used > 0)
		undone_say(run);
	exit(status);
}

void
run_broken(struct run *run, int error, const char *what)
{
	run_abandon(run);
	if (error != 0)
		warn("%s: %s", what, strerror(error));
	else
		warn("%s", what);
	leave(run, STATUS_BROKEN);
}

void
run_no_map(struct run *run, const char *how)
{
	run_abandon(run);
	warn(
	    "--map: %s does not write one line for each that it reads: %s; see -b and -N",
	    run->options->command[0], how);
	leave(run, run->above.fd >= 0 ? STATUS_NEVER : STATUS_BROKEN);
}

bool
run_has_input(const struct run *run)
{
	if (run->given_in)
		return false;
	if (run->again.head != NULL)
		return true;
	for (size_t i = 0; keys_on(&run->keys) && i < run->slot_count; i++)
		if (run->slots[i]->lane.again.head != NULL ||
		    (run->phase == PHASE_RUN && run->slots[i]->lane.fresh.head != NULL))
			return true;
	return run->phase == PHASE_RUN &&
	    (!run->intake.end || intake_ready(&run->intake));
}

/* The one above us is to take our output for that of a plain command. */
static void
withdraw(struct run *run)
{
	if (supervisor_greet(&run->above, &(struct hello){ .standing = STANDING_PLAIN }) <
	    0)
		run_output_failed(run, errno);
	supervisor_withdraw(&run->above);
}

void
run_known(struct run *run, enum worker_kind kind, const struct hello *hello)
{
	struct hello ours = { .jobs = hello->jobs * run->workers,
		.ahead = hello->ahead || kind == WORKER_MAP,
		.joint = hello->joint,
		.block = hello->block,
		.raw = hello->raw };

	run->kind = kind;
	if (kind == WORKER_PLAIN && run->checkpoint.on)
		checkpoint_refuse(run);
	if (kind == WORKER_PLAIN && (run->keep_order || run->options->serve)) {
		run_abandon(run);
		die(STATUS_MISUSE, 0, "%s: %s is not a native stage; see --map",
		    run->keep_order ? "-k" : "on a host", run->options->command[0]);
	}
	if (kind == WORKER_PLAIN && run->log.on) {
		run_abandon(run);
		die(STATUS_MISUSE, 0, "--log: %s is not a native stage; see --map",
		    run->options->command[0]);
	}
	if (run->above.fd < 0)
		return;
	if (kind == WORKER_PLAIN) {
		withdraw(run);
		return;
	}
	if (hello->window != 0)
		ours.window = hello->window * run->workers;
	run->ours = ours;
	if (supervisor_greet(&run->above, &ours) < 0)
		run_output_failed(run, errno);
}

struct slot *
run_add_slot(struct run *run)
{
	size_t number = run->slot_count + 1;
	struct slot **slots = realloc(run->slots, number * sizeof(struct slot *));
	struct slot *slot = calloc(1, sizeof(*slot));

	if (slots != NULL)
		run->slots = slots;
	if (slots == NULL || slot == NULL) {
		free(slot);
		return NULL;
	}
	run->slots[run->slot_count++] = slot;
	slot->command = run->options->command;
	worker_init(&slot->worker, (unsigned)number, &diag_says);
	snprintf(slot->name, sizeof(slot->name), "PAR_WORKER=%zu", number);
	slot->env[0] = slot->name;
	slot->env[1] = slot->of;
	return slot;
}

void
run_give_in(struct run *run, const char *why)
{
	warn("%s: %s", run->options->command[0], why);
	run->given_in = true;
	if (run->phase == PHASE_RUN)
		run->phase = PHASE_DRAIN;
}

void
run_count_deaths(struct run *run, const char *how)
{
	const struct restarts *restarts = &run->restarts;
	char why[WORKER_EXIT_TEXT + 120];

	if (!run_has_input(run) || !restarts_over(restarts, run->workers))
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
	run_give_in(run, why);
}

void
run_rest(const struct run *run, struct slot *slot)
{
	uint64_t row = run->restarts.row; /* the first is started again at once */

	slot->start_at = run->now +
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
	slot->account.restarts += slot->account.starts > 0 && run->kind != WORKER_BLOCK;
	slot->account.starts++;
	slot->credit = slot->least = 1;
	slot->widened = 0;
	slot->consumed = 0;
	slot->turn_since = 0;
	slot->turn_acks = 0;
	slot->lines = 0;
	slot->waits = 0;
	slot->nul = false;
	slot->put_back = 0;
	slot->timed_out = false;
	slot->kill_at = 0;
	slot->outdated = slot->leaving = false;
	slot->progress_at = slot->started_at = run_work_time(run);
	slot->parcel = 1;
	slot->writable = true;
	slot->draining = false;
	slot->input_ended = false;
	slot->refused = false;
	slot->burst[0] = '\0';
	slot->burst_final = false;
	slot->check_wait = 1;
	slot->check_at = run->now + 1;
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
	starts->next_at = run->now + backoff_wait(&deaths, ++starts->failed, 0);
	if (fewer)
		return;
	restarts_count(&run->restarts, run->now);
	run_rest(run, slot);
	run_count_deaths(run, how);
}

bool
run_start(struct run *run, struct slot *slot, struct batch *block)
{
	struct worker_plan plan = { .argv = slot->command,
		.env = slot->env,
		.capture_errors =
		    run->quarantine.fd >= 0 || slot->host != NULL || run->terminal,
		.in_bytes = block == NULL ? 0 : block->len,
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
	run_abandon(run);
	die_start(error, name);
}
