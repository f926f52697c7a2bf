/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <unistd.h>

#include "answers.h"
#include "diag.h"
#include "plural.h"
#include "run_close.h"

void
run_end_shared(void *context)
{
	struct run *run = context;

	offer_close(&run->offer);
	control_close(&run->control);
	jobserver_close(&run->jobserver);
	record_files_close(&run->record_files);
}

/*
 * Is there a parent, which need not start another one of us?  Nor where workers
 * died and nothing was ever finished: it would do the same as often again.
 */
static bool
is_never(const struct run *run)
{
	if (run->parent.fd < 0)
		return false;
	return run->gate.hope == HOPE_NEVER ||
	    (run->tally.finished == 0 && !run->parent.framed);
}

/* What exits with a status that may be fine was not told that it is. */
static void
tell_of_status(const struct run *run)
{
	const char *command = run->options->command[0], *remedy = run->halving.remedy;
	const char *says = run->tally.ones ? answers_say(command) : NULL;
	char signs[SIGNS_REMEDY];

	if (run->tally.failed > 0 &&
	    *signs_remedy(signs, "par-run", run->options->command) != '\0')
		remedy = signs;

	if (says != NULL)
		warn("%s: its status is 1 where %s; if that is fine: --ok-status 0,1",
		    command, says);
	else if (remedy != NULL && *remedy != '\0' && !run->options->stats)
		warn("%s: failed %llu record%s%s", command, /* so many were named since */
		    (unsigned long long)run->tally.failed,
		    plural(run->tally.failed, "", "s"), remedy);
}

/*
 * Was there nothing to do, and yet one has failed that no other one came after?  One that
 * tells of records and was killed has lost none.
 */
static bool
failed_idly(const struct run *run)
{
	bool idle = supply_empty(&run->supply) && run->gate.phase == PHASE_RUN;
	bool failed = false;

	for (size_t i = 0; idle && i < run->pool.count; i++) {
		const struct slot *slot = run->pool.slots[i];

		failed = failed ||
		    (slot->account.starts > 0 && slot->link.host == NULL &&
			worker_failed(&slot->worker) &&
			(slot->worker.exit_signal == 0 ||
			    run->nature.kind == WORKER_UNKNOWN ||
			    run->nature.kind == WORKER_PLAIN));
	}
	return failed;
}

/* A descriptor that a program has given us is no name for a person. */
static void
tell_of_quarantine(const struct quarantine *quarantine)
{
	bool named = strncmp(quarantine->path, "/dev/fd/", 8) != 0;

	warn("%llu record%s set aside%s%s", (unsigned long long)quarantine->records,
	    plural(quarantine->records, "", "s"), named ? " in " : "",
	    named ? quarantine->path : "");
}

/* Say what was left undone, and make it a status. */
static enum status
sum_up(const struct run *run)
{
	bool stuck = output_waits(&run->output) || ledger_stuck(&run->ledger), undone;

	if (run->requeue.retried > 0 && run->parent.fd < 0 && !run->options->stats)
		warn("%llu %s tried again", (unsigned long long)run->requeue.retried,
		    plural(run->requeue.retried, "record was", "records were"));
	if (run->parent.fd < 0)
		tell_of_status(run);
	if (run->quarantine.records > 0)
		tell_of_quarantine(&run->quarantine);
	unread_end(&run->unread);

	undone = run->gate.phase != PHASE_RUN && (undone_say(&run->undone) || stuck);
	if (run->gate.hope != HOPE_LEFT)
		return is_never(run) ? STATUS_NEVER : STATUS_BROKEN;
	if (run->stop.met == STOP_ON_SUCCESS && !stuck) /* a signal may leave some */
		return STATUS_OK;
	if (undone || run->stop.met == STOP_ON_FAILURES)
		return STATUS_STOPPED;
	return run->tally.trouble || failed_idly(run) ||
		(run->tally.failed > 0 && run->parent.fd < 0)
	    ? STATUS_FAILED
	    : STATUS_OK;
}

enum status
run_end_well(struct run *run)
{
	enum status status;

	stop_rest(&run->stop);
	ledger_flush(&run->ledger);
	notes_end(&run->notes);
	if (run->gate.hope == HOPE_LEFT &&
	    run->gate.phase == PHASE_RUN) /* there was no input */
		output_begin(&run->output);
	checkpoint_end(&run->checkpoint);
	if (!ending_near(&run->ending))
		report_end(&run->report);
	if (ending_near(&run->ending))
		return STATUS_BROKEN;
	status = sum_up(run);
	if (run->options->stats)
		account_show(&run->accounts);
	output_close(&run->output);
	return status;
}

enum status
run_end_ill(struct run *run)
{
	enum ending_kind kind = run->ending.kind;

	if (run->options->stats && run->tally.finished > 0 && kind != ENDING_NO_READER &&
	    kind != ENDING_MISUSE)
		account_show(&run->accounts);
	return stop_say(&run->stop);
}

void
run_close(struct run *run)
{
	checkpoint_close(&run->checkpoint);
	report_close(&run->report);
	output_drop(&run->output); /* it knows slots */
	hosts_close(&run->hosts);
	pool_close(&run->pool);
	results_close(&run->results);
	stop_close(&run->stop);
	keys_close(&run->keys);
	paced_close(&run->paced);
	polls_close(&run->polls);
	batch_clear(&run->supply.requeued);
	quarantine_close(&run->quarantine);
	restarts_close(&run->restarts);
	bytes_free(&run->starts.misfits.words);
	intake_close(&run->intake);
	arguments_close(&run->arguments);
	tags_close(&run->tags);
	header_close(&run->header);
	lines_close(&run->lines);
	lists_free(&run->lists);
	supervisor_leave(&run->parent);
	close(run->polls.signals);
}
