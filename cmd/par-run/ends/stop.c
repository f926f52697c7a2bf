/* SPDX-License-Identifier: ISC */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "sig.h"
#include "stop.h"

enum {
	STOP_GRACE = 2000, /* ms from telling workers to end to killing them */
	LAST_GRACE = 1000, /* the same at the end of the run */
	LAST_LOOK = 50 /* ms between looks at what they have to say to that */
};

/* Signal all workers' process groups. */
static void
signal_all(struct stop *stop, int number)
{
	pid_t *leaders = calloc(stop->pool->count + 1, sizeof(*leaders));
	size_t count = 0;

	for (size_t i = 0; i < stop->pool->count; i++) {
		struct worker *worker = &stop->pool->slots[i]->worker;

		if (leaders == NULL) /* then one by one, which takes longer */
			worker_signal(worker, number);
		else if (worker_to_signal(worker, number))
			leaders[count++] = worker->pid;
	}
	if (leaders != NULL)
		kin_signal(&stop->kin, leaders, count, number);
	free(leaders);
}

/* Go one step further. */
static void
go_further(struct stop *stop)
{
	if (stop->gate->phase == PHASE_KILL)
		return;
	gate_further(stop->gate);
	if (stop->gate->phase == PHASE_STOP) {
		signal_all(stop, SIGTERM);
		stop->kill_at = stop->times->now + STOP_GRACE;
	} else if (stop->gate->phase == PHASE_KILL) {
		signal_all(stop, SIGKILL);
	}
}

void
stop_signalled(struct stop *stop)
{
	stop->delivers = false;
	go_further(stop);
}

uint64_t
stop_due(const struct stop *stop)
{
	return stop->gate->phase == PHASE_STOP ? stop->kill_at : UINT64_MAX;
}

void
stop_begin(struct stop *stop)
{
	stop->before = *stop->ledger->tally;
}

/* Is a limit of --stop-on met?  What is counted are the records of this run. */
static void
look_at_limits(struct stop *stop)
{
	const struct stop_on *limits = &stop->options->stop_on;
	const struct tally *now = stop->ledger->tally;
	uint64_t failed = now->failed - stop->before.failed;
	uint64_t done = now->finished - stop->before.finished - failed;
	char text[STOP_ON_TEXT];

	if (stop->gate->phase != PHASE_RUN || !stop_on_any(limits))
		return;
	stop->met = stop_on_met(limits, done, failed, text);
	if (stop->met == STOP_ON_NONE)
		return;
	warn("--stop-on %s; what runs is %s", text, limits->now ? "ended" : "finished");
	gate_drain(stop->gate);
	if (!limits->now)
		return;
	stop->delivers = true;
	go_further(stop);
}

void
stop_turn(struct stop *stop)
{
	look_at_limits(stop);
	if (stop->times->now >= stop_due(stop))
		go_further(stop);
}

void
stop_rest(struct stop *stop)
{
	if (stop->gate->phase >= PHASE_STOP)
		kin_signal(&stop->kin, NULL, 0, SIGKILL);
}

/* Has every worker ended? */
static bool
all_ended(struct stop *stop)
{
	bool ended = true;

	for (size_t i = 0; i < stop->pool->count; i++) {
		struct worker *worker = &stop->pool->slots[i]->worker;

		ended = ended && (worker->pid == 0 || worker_ended(worker));
	}
	return ended;
}

static void
hear_errors(struct stop *stop)
{
	for (size_t i = 0; i < stop->pool->count; i++)
		errors_take(&stop->pool->slots[i]->worker.errors);
}

void
stop_workers(struct stop *stop, int signals)
{
	uint64_t now = clock_ms(), until = now + LAST_GRACE;
	struct pollfd wake = { .fd = signals, .events = POLLIN };

	signal_all(stop, SIGTERM);
	for (size_t i = 0; i < stop->pool->count; i++) {
		struct worker *worker = &stop->pool->slots[i]->worker;

		if (worker->pid != 0 && worker->kind == WORKER_PLAIN)
			ledger_unknown(stop->ledger, worker->window.given_records);
		worker_hang_up(worker);
	}
	while (!all_ended(stop) && now < until) {
		poll(&wake, 1, until - now < LAST_LOOK ? (int)(until - now) : LAST_LOOK);
		while (sig_next(signals) != 0)
			;
		hear_errors(stop);
		now = clock_ms();
	}
	signal_all(stop, SIGKILL); /* what those that ended left behind, too */
	for (size_t i = 0; i < stop->pool->count; i++) {
		worker_reap(&stop->pool->slots[i]->worker);
		errors_close(&stop->pool->slots[i]->worker.errors);
	}
}

/* In words, but for what the output's reader knows. */
static enum status
say(const struct ending *ending, const char *command)
{
	const char *what = ending->what == NULL ? ending->text : ending->what;

	switch (ending->kind) {
	case ENDING_NO_READER:
		die_output(ending->error, what);
	case ENDING_NO_START:
		return warn_start(ending->error, what);
	case ENDING_NO_MAP:
		warn("--map: %s does not write one line for each that it reads: %s; see "
		     "-b and -N",
		    command, what);
		return STATUS_NEVER;
	case ENDING_NEVER:
		warn("%s: %s", command, what);
		return STATUS_NEVER;
	case ENDING_MISUSE:
		warn("%s", what);
		return STATUS_MISUSE;
	case ENDING_BROKEN:
	case ENDING_NONE:
		break;
	}
	if (ending->error != 0)
		warn("%s: %s", what, strerror(ending->error));
	else
		warn("%s", what);
	return STATUS_BROKEN;
}

/* Would another one of us be used as wrongly, or run as little? */
static bool
is_never(const struct stop *stop, enum status status)
{
	return (status == STATUS_MISUSE || status == STATUS_CANNOT_RUN ||
		   status == STATUS_NOT_FOUND) &&
	    stop->parent->fd >= 0 && !stop->parent->framed;
}

enum status
stop_say(struct stop *stop)
{
	enum status status = say(stop->ending, stop->options->command[0]);

	/* Where the command is none that it could run nothing else matters. */
	if ((status == STATUS_BROKEN || status == STATUS_NEVER) && stop->intake->used > 0)
		undone_say(stop->undone);
	if (is_never(stop, status))
		status = STATUS_NEVER;
	return status == STATUS_NEVER && stop->parent->fd < 0 ? STATUS_BROKEN : status;
}

void
stop_close(struct stop *stop)
{
	kin_free(&stop->kin);
}
