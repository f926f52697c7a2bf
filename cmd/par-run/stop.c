/* SPDX-License-Identifier: ISC */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "sig.h"
#include "stop.h"
#include "undone.h"

enum {
	LAST_GRACE = 1000, /* ms from telling workers to end to killing them */
	LAST_LOOK = 50 /* ms between looks at what they have to say to that */
};

void
stop_signal(struct run *run, int number)
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

static void
hear_errors(struct run *run)
{
	for (size_t i = 0; i < run->slot_count; i++)
		errors_take(&run->slots[i]->worker.errors);
}

void
stop_workers(struct run *run)
{
	uint64_t now = clock_ms(), until = now + LAST_GRACE;
	struct pollfd wake = { .fd = run->signals, .events = POLLIN };

	stop_signal(run, SIGTERM);
	for (size_t i = 0; i < run->slot_count; i++) {
		struct worker *worker = &run->slots[i]->worker;

		if (worker->pid != 0 && worker->kind == WORKER_PLAIN)
			run->tally.unknown += worker->window.given_records;
		worker_hang_up(worker);
	}
	while (!all_ended(run) && now < until) {
		poll(&wake, 1, until - now < LAST_LOOK ? (int)(until - now) : LAST_LOOK);
		while (sig_next(run->signals) != 0)
			;
		hear_errors(run);
		now = clock_ms();
	}
	stop_signal(run, SIGKILL); /* what those that ended left behind, too */
	for (size_t i = 0; i < run->slot_count; i++) {
		worker_reap(&run->slots[i]->worker);
		errors_close(&run->slots[i]->worker.errors);
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
		die_start(ending->error, what);
	case ENDING_NO_MAP:
		warn("--map: %s does not write one line for each that it reads: %s; see "
		     "-b and -N",
		    command, what);
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

enum status
stop_say(struct run *run)
{
	enum status status = say(&run->ending, run->options->command[0]);

	if (status != STATUS_MISUSE && run->intake.used > 0)
		undone_say(run);
	return status == STATUS_NEVER && run->above.fd < 0 ? STATUS_BROKEN : status;
}
