/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "sig.h"
#include "spawn.h"
#include "work.h"

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
	struct child child;
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
		child_give_back(&work->child);
	if (work->phase == PHASE_STOP) {
		worker_signal(&work->child.worker, SIGTERM);
		origins_hurry(&work->origins);
		work->kill_at = work->now + STOP_GRACE;
	} else if (work->phase == PHASE_KILL) {
		worker_signal(&work->child.worker, SIGKILL);
	}
}

static bool
is_stage(const void *context, pid_t pid)
{
	const struct work *work = context;

	return work->child.worker.pid == pid;
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
	child_look(&work->child);
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
	origins_beat(&work->origins, work->child.worker.window.records);
	if (origins_drained(&work->origins) && work->phase == PHASE_RUN)
		go_further(work);
	work->now = clock_ms();
	work->beat_at = work->now + (wait < LONGEST_BEAT ? wait : LONGEST_BEAT);
}

/* Fetch what the stage has use for. */
static void
take(struct work *work)
{
	struct want want = child_room(&work->child);

	if (work->phase != PHASE_RUN || want.records == 0 || work->now < work->take_at)
		return;
	if (origins_take(
		&work->origins, &want, &work->child.todo, &work->child.suspects) > 0) {
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
	const struct worker *worker = &work->child.worker;

	origins_commit(&work->origins, worker->last_line, worker->last_len);
}

/* How long poll(2) may wait, ms. */
static int
patience(const struct work *work)
{
	uint64_t due = work->beat_at, check = child_due(&work->child);

	if (check < due)
		due = check;
	if (work->phase == PHASE_RUN && child_room(&work->child).records > 0 &&
	    work->take_at < due)
		due = work->take_at;
	if (work->phase == PHASE_STOP && work->kill_at < due)
		due = work->kill_at;
	return due <= work->now ? 0 : (int)(due - work->now);
}

static void
wait_for_something(struct work *work)
{
	const struct worker *worker = &work->child.worker;
	struct pollfd polls[] = {
		{ .fd = work->signals, .events = POLLIN },
		{ .fd = worker_hungry(worker) ? worker->in : -1, .events = POLLOUT },
		{ .fd = worker->ack, .events = POLLIN },
		{ .fd = worker->out, .events = POLLIN },
		{ .fd = worker->err, .events = POLLIN },
	};

	if (poll(polls, sizeof(polls) / sizeof(polls[0]), patience(work)) < 0 &&
	    errno != EINTR)
		die(STATUS_BROKEN, errno, "poll");
	work->now = work->child.now = clock_ms();
}

/* The stage has nothing, and will get nothing more: its input ends. */
static void
end_input(struct work *work)
{
	struct child *child = &work->child;

	if (work->phase == PHASE_RUN || child->input_ended || child->worker.pid == 0 ||
	    worker_hungry(&child->worker))
		return;
	worker_end_input(&child->worker);
	child->input_ended = true;
	child->input_ended_at = work->now;
}

/* What came back when the stage ended, and nobody will do here any more. */
static void
give_back_late(struct work *work)
{
	if (work->phase != PHASE_RUN)
		child_give_back(&work->child);
}

/* Is there nothing left to wait for? */
static bool
finished(const struct work *work)
{
	return work->phase != PHASE_RUN && work->child.worker.pid == 0;
}

static void
turn(struct work *work)
{
	if (work->phase == PHASE_RUN)
		child_start(&work->child);
	beat(work);
	take(work);
	child_give(&work->child);
	end_input(work);
	wait_for_something(work);
	child_hear(&work->child);
	take_signals(work);
	child_check_time(&work->child);
	if (work->phase == PHASE_STOP && work->now >= work->kill_at)
		go_further(work);
	if ((child_hopeless(&work->child) || work->child.never != NULL) &&
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

	if (origins->lost > 0)
		warn("%llu records went to other workers, or were revoked",
		    (unsigned long long)origins->lost);
	if (work->broken && work->child.never != NULL) {
		warn("%s: %s", work->child.command[0], work->child.never);
		return STATUS_BROKEN;
	}
	if (work->broken) {
		warn("%s: ended %u times in a row without finishing a record",
		    work->child.command[0], work->child.deaths);
		return STATUS_BROKEN;
	}
	if (work->signalled || origins_drained(origins)) {
		warn("stopped early: records are left in the queue, or may come");
		return STATUS_STOPPED;
	}
	return work->child.dead > 0 || work->child.trouble || origins->ill > 0
	    ? STATUS_FAILED
	    : STATUS_OK;
}

enum status
work_run(const struct queue_options *options)
{
	static const int caught[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP };
	struct work work = { .options = options, .idle = FIRST_IDLE };
	enum status status;
	const char *why;

	why = origins_open(&work.origins, options, options->operands[0]);
	if (why != NULL)
		die(STATUS_MISUSE, 0, "%s: %s", options->operands[0], why);
	child_init(&work.child, options, &work.origins);
	if (work.child.command[0] == NULL)
		die(STATUS_MISUSE, 0, "a stage is needed");
	work.signals = sig_open(caught, sizeof(caught) / sizeof(caught[0]));
	if (work.signals < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	sig_last_resort(PHASE_KILL + 1);
	origins_wake(&work.origins, work.signals);
	origins_ready(&work.origins);
	work.now = work.child.now = clock_ms();
	while (!finished(&work))
		turn(&work);
	status = sum_up(&work);
	origins_close(&work.origins);
	child_close(&work.child);
	close(work.signals);
	return status;
}
