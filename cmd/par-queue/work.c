/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "sig.h"
#include "spawn.h"
#include "work.h"
#include "workload.h"

enum {
	FIRST_IDLE = 5, /* ms until we ask again when there was nothing */
	LONGEST_IDLE = 100,
	LONGEST_BEAT = 1000, /* ms between signs of life; a third of the lease at most */
	STOP_GRACE = 2000 /* ms from telling the stage to end to killing it */
};

/* Each follows from a signal or the end. */
enum work_phase {
	PHASE_RUN,
	PHASE_DRAIN, /* take no more; what the stage has ends */
	PHASE_STOP, /* the stage was told to end */
	PHASE_KILL /* it was killed */
};

struct work {
	const struct queue_options *options;
	struct origins origins;
	struct workload load;
	enum work_phase phase;
	bool signalled; /* it was a signal that began the end */
	bool broken; /* the stage cannot go on */
	int signals; /* descriptor */
	uint64_t now; /* clock_ms() */
	uint64_t take_at, idle; /* when to ask again, and how long that is, ms */
	uint64_t beat_at;
	uint64_t kill_at; /* PHASE_STOP: when the next one begins */
};

/* One step further towards the end. */
static void
go_further(struct work *work)
{
	if (work->phase == PHASE_KILL)
		return;
	work->phase++;
	if (work->phase == PHASE_DRAIN)
		workload_give_back(&work->load);
	if (work->phase == PHASE_STOP) {
		worker_signal(&work->load.tended.worker, SIGTERM);
		origins_hurry(&work->origins);
		work->kill_at = work->now + STOP_GRACE;
	} else if (work->phase == PHASE_KILL) {
		worker_signal(&work->load.tended.worker, SIGKILL);
	}
}

static bool
is_stage(const void *context, pid_t pid)
{
	const struct work *work = context;

	return work->load.tended.worker.pid == pid;
}

static void
take_signals(struct work *work)
{
	bool ended = false;
	int number;

	while ((number = sig_next(work->signals)) != 0) {
		origins_wake(&work->origins, work->signals);
		if (number == SIGCHLD) {
			ended = true;
			continue;
		}
		work->signalled = true;
		go_further(work);
	}
	workload_look(&work->load);
	if (ended)
		spawn_reap_others(is_stage, work);
}

/* Say that we are alive, and do what we are told. */
static void
beat(struct work *work)
{
	uint64_t wait = work->options->lease / 3;

	if (work->now < work->beat_at)
		return;
	origins_beat(&work->origins, work->load.tended.worker.window.records);
	if (origins_drained(&work->origins) && work->phase == PHASE_RUN)
		go_further(work);
	work->now = clock_ms();
	work->beat_at = work->now + (wait < LONGEST_BEAT ? wait : LONGEST_BEAT);
}

/* Fetch what the stage has use for. */
static void
take(struct work *work)
{
	struct want want = workload_room(&work->load);

	if (work->phase != PHASE_RUN || want.records == 0 || work->now < work->take_at)
		return;
	if (origins_take(&work->origins, &want, &work->load.todo, &work->load.suspects) >
	    0) {
		work->idle = FIRST_IDLE;
		work->take_at = work->now;
		return;
	}
	if (work->options->once && work->origins.leases.head == NULL &&
	    origins_finished(&work->origins))
		work->phase = PHASE_DRAIN;
	work->take_at = work->now + work->idle;
	work->idle = 2 * work->idle < LONGEST_IDLE ? 2 * work->idle : LONGEST_IDLE;
}

static void
commit(struct work *work)
{
	const struct worker *worker = &work->load.tended.worker;

	origins_commit(&work->origins, worker->errors.last, worker->errors.last_len);
}

/* How long poll(2) may wait, ms. */
static int
poll_timeout(const struct work *work)
{
	uint64_t due = work->beat_at, check = tended_due(&work->load.tended);
	uint64_t errors = errors_due(&work->load.tended.worker.errors);

	if (check < due)
		due = check;
	if (errors < due)
		due = errors;
	if (work->phase == PHASE_RUN && workload_room(&work->load).records > 0 &&
	    work->take_at < due)
		due = work->take_at;
	if (work->phase == PHASE_STOP && work->kill_at < due)
		due = work->kill_at;
	return due <= work->now ? 0 : (int)(due - work->now);
}

static void
wait_for_something(struct work *work)
{
	const struct worker *worker = &work->load.tended.worker;
	struct pollfd polls[] = {
		{ .fd = work->signals, .events = POLLIN },
		{ .fd = worker_hungry(worker) ? worker->in : -1, .events = POLLOUT },
		{ .fd = worker->ack, .events = POLLIN },
		{ .fd = worker->out, .events = POLLIN },
		errors_poll(&worker->errors),
	};

	if (poll(polls, sizeof(polls) / sizeof(polls[0]), poll_timeout(work)) < 0 &&
	    errno != EINTR)
		die(STATUS_BROKEN, errno, "poll");
	work->now = work->load.tended.now = clock_ms();
}

/* What came back when the stage ended, and nobody will do here any more. */
static void
give_back_late(struct work *work)
{
	if (work->phase != PHASE_RUN)
		workload_give_back(&work->load);
}

/* Is there nothing left to wait for? */
static bool
finished(const struct work *work)
{
	return work->phase != PHASE_RUN && work->load.tended.worker.pid == 0;
}

static void
turn(struct work *work)
{
	if (work->phase == PHASE_RUN)
		workload_start(&work->load);
	beat(work);
	take(work);
	workload_give(&work->load);
	if (work->phase != PHASE_RUN) /* it will get nothing more */
		tended_end_input(&work->load.tended);
	wait_for_something(work);
	workload_hear(&work->load);
	take_signals(work);
	workload_check_time(&work->load);
	if (work->phase == PHASE_STOP && work->now >= work->kill_at)
		go_further(work);
	if ((tended_hopeless(&work->load.tended) || work->load.tended.never != NULL) &&
	    work->phase <= PHASE_DRAIN) {
		work->broken = true;
		work->phase = PHASE_STOP;
	}
	give_back_late(work);
	commit(work);
}

static enum status
sum_up(const struct work *work)
{
	const struct origins *origins = &work->origins;
	const struct tended *stage = &work->load.tended;
	const char *name = stage->plan.command[0];

	if (origins->lost > 0)
		warn("%llu records went to other workers, or were revoked",
		    (unsigned long long)origins->lost);
	if (work->broken && stage->never != NULL) {
		warn("%s: %s", name, stage->never);
		return STATUS_BROKEN;
	}
	if (work->broken) {
		warn("%s: ended %u times in a row without finishing a record", name,
		    stage->deaths);
		return STATUS_BROKEN;
	}
	if (work->signalled || origins_drained(origins)) {
		warn("stopped early: records are left in the queue, or may come");
		return STATUS_STOPPED;
	}
	return work->load.dead > 0 || stage->trouble || origins->ill > 0 ? STATUS_FAILED
									 : STATUS_OK;
}

enum status
work_run(const struct queue_options *options)
{
	static const int caught[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP };
	struct work work = { .options = options, .idle = FIRST_IDLE };
	char **stage = options->operands + 1;
	enum status status;
	const char *why;

	why = origins_open(&work.origins, options, options->operands[0]);
	if (why != NULL)
		die(STATUS_MISUSE, 0, "%s: %s", options->operands[0], why);
	if (strcmp(*stage, "--") == 0)
		stage++;
	if (*stage == NULL)
		die(STATUS_MISUSE, 0, "a stage is needed");
	workload_init(&work.load, options, stage, &work.origins);
	work.signals = sig_open(caught, sizeof(caught) / sizeof(caught[0]));
	if (work.signals < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	sig_last_resort(PHASE_KILL + 1);
	origins_wake(&work.origins, work.signals);
	origins_ready(&work.origins);
	atexit(errors_close_all);
	work.now = work.load.tended.now = clock_ms();
	while (!finished(&work))
		turn(&work);
	status = sum_up(&work);
	origins_close(&work.origins);
	workload_close(&work.load);
	close(work.signals);
	return status;
}
