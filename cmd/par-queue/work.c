/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "grow.h"
#include "headway.h"
#include "plural.h"
#include "sig.h"
#include "spawn.h"
#include "spoken.h"
#include "work.h"
#include "workload.h"

enum {
	FIRST_IDLE = 5, /* ms until we ask again when there was nothing */
	LONGEST_IDLE = 100,
	LONGEST_HOLD = 50, /* ms that what is finished waits for more, */
	FULL_WAIT = 100, /* or for room with the engine */
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
	bool awaits; /* nothing was there, and the engines tell when there may be */
	bool idled; /* nobody need hear of us until then: they have heard that we are idle
		     */
	struct pollfd *polls; /* all descriptors */
	size_t polls_size;
	uint64_t commit_at; /* clock_ms() of the next commit, if the stage is at work */
	bool held; /* what is finished waits for that */
	struct headway headway;
	uint64_t kill_at; /* PHASE_STOP: when the next one begins */
};

/* One step further towards the end. */
static void
go_further(struct work *work)
{
	if (work->phase == PHASE_KILL)
		return;
	work->phase++;
	if (work->phase == PHASE_DRAIN) {
		tended_retire(&work->load.tended);
		workload_give_back(&work->load);
		if (work->origins.leases.head == NULL) /* nothing is to be committed */
			origins_hurry(&work->origins);
	} else if (work->phase == PHASE_STOP) {
		tended_stop(&work->load.tended, SIGTERM);
		origins_hurry(&work->origins);
		work->kill_at = work->now + STOP_GRACE;
	} else {
		tended_stop(&work->load.tended, SIGKILL);
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
	work->idled = work->awaits && work->origins.leases.head == NULL;
	if (origins_drained(&work->origins) && work->phase == PHASE_RUN)
		go_further(work);
	work->now = clock_ms();
	work->beat_at = work->idled
	    ? UINT64_MAX
	    : work->now + (wait < LONGEST_BEAT ? wait : LONGEST_BEAT);
}

/* Fetch what the stage has use for. */
static void
take(struct work *work)
{
	struct want want = workload_room(&work->load);
	struct pollfd *polls;
	uint64_t due;
	size_t count;

	if (work->phase != PHASE_RUN || want.records == 0 || work->now < work->take_at ||
	    work->origins.full)
		return;
	if (origins_take(&work->origins, &want, &work->load.todo, &work->load.suspects) >
	    0) {
		work->idle = FIRST_IDLE;
		work->take_at = work->now;
		work->awaits = false;
		if (work->idled)
			work->beat_at = work->now;
		work->idled = false;
		return;
	}
	if (work->options->once && work->origins.leases.head == NULL &&
	    origins_finished(&work->origins)) {
		go_further(work);
		return;
	}
	work->awaits = origins_await(&work->origins, &polls, &count, &due);
	if (work->awaits) {
		work->take_at = due;
		return;
	}
	work->take_at = work->now + work->idle;
	work->idle = 2 * work->idle < LONGEST_IDLE ? 2 * work->idle : LONGEST_IDLE;
}

static void
commit(struct work *work)
{
	const struct worker *worker = &work->load.tended.worker;
	uint64_t begin = clock_ms(), end;
	bool had;

	/* Where a step takes long, more is to be done by each: as long is worked. */
	work->held = begin < work->commit_at && work->phase == PHASE_RUN &&
	    (worker->window.records > 0 || work->origins.full);
	if (work->held)
		return;
	had = work->origins.leases.head != NULL;
	origins_commit(&work->origins, worker->errors.last, worker->errors.last_len);
	if (had && work->origins.leases.head == NULL && work->options->once)
		work->take_at = work->now; /* is that all? */
	end = clock_ms();
	work->commit_at = end + (end - begin < LONGEST_HOLD ? end - begin : LONGEST_HOLD);
	if (work->origins.full) {
		work->take_at = work->commit_at = end + FULL_WAIT;
		work->held = true;
	}
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
	if (work->phase == PHASE_RUN && workload_share_due(&work->load) < due)
		due = workload_share_due(&work->load);
	if (work->phase == PHASE_STOP && work->kill_at < due)
		due = work->kill_at;
	if (work->held && work->commit_at < due)
		due = work->commit_at;
	if (due <= work->now)
		return 0;
	due = headway_wait(&work->headway, due - work->now);
	return due > INT32_MAX ? INT32_MAX : (int)due;
}

/* What tells that there may be something to take, behind own descriptors. */
static size_t
add_origins(struct work *work, const struct pollfd *own, size_t count)
{
	struct pollfd *more = NULL, *all;
	uint64_t due;
	size_t others = 0;

	if (!work->awaits || work->phase != PHASE_RUN ||
	    workload_room(&work->load).records == 0 ||
	    !origins_await(&work->origins, &more, &others, &due))
		others = 0;
	else if (due < work->take_at) /* another call has heard of something */
		work->take_at = work->beat_at = due;
	all =
	    grow(work->polls, &work->polls_size, count + others, sizeof(*all), SIZE_MAX);
	if (all == NULL)
		die(STATUS_BROKEN, errno, "descriptors");
	memcpy(all, own, count * sizeof(*all));
	if (others > 0)
		memcpy(all + count, more, others * sizeof(*all));
	work->polls = all;
	return count + others;
}

/* Was one of those told? */
static bool
is_told(const struct work *work, size_t from, size_t end)
{
	for (size_t i = from; i < end; i++)
		if (work->polls[i].revents != 0)
			return true;
	return false;
}

static void
wait_for_something(struct work *work)
{
	const struct worker *worker = &work->load.tended.worker;
	const struct pollfd own[] = {
		{ .fd = work->signals, .events = POLLIN },
		{ .fd = worker_hungry(worker) ? worker->in : -1, .events = POLLOUT },
		{ .fd = worker->ack, .events = POLLIN },
		{ .fd = worker->out, .events = POLLIN },
		errors_poll(&worker->errors),
		spoken_poll(),
	};

	size_t count = sizeof(own) / sizeof(own[0]);
	size_t all = add_origins(work, own, count);
	int told = poll(work->polls, (nfds_t)all, poll_timeout(work));

	if (told < 0 && errno != EINTR)
		die(STATUS_BROKEN, errno, "poll");
	work->now = work->load.tended.now = clock_ms();
	if (told > 0 && is_told(work, count, all))
		work->take_at = work->beat_at = work->now;
	spoken_go();
}

/* What came back when the stage ended, and nobody will do here any more. */
static void
give_back_late(struct work *work)
{
	if (work->phase != PHASE_RUN)
		workload_give_back(&work->load);
}

/* Tell how far it is, if it is time, or over. */
static void
tell(struct work *work, bool over)
{
	const struct worker *worker = &work->load.tended.worker;
	struct headway_facts facts = {
		.what = "record", .done = work->load.done, .failed = work->load.dead
	};

	snprintf(facts.more, sizeof(facts.more), ", %llu in flight",
	    (unsigned long long)worker->window.records);
	if (over)
		headway_end(&work->headway, &facts);
	else if (headway_is_due(&work->headway))
		headway_tell(&work->headway, &facts);
}

/* Is there nothing left to wait for? */
static bool
finished(const struct work *work)
{
	return work->load.tended.place.state == PLACE_RETIRED;
}

static void
turn(struct work *work)
{
	workload_start(&work->load);
	beat(work);
	take(work);
	workload_give(&work->load);
	wait_for_something(work);
	workload_hear(&work->load);
	take_signals(work);
	workload_check_time(&work->load);
	if (work->phase == PHASE_RUN)
		workload_share(&work->load);
	if (work->phase == PHASE_STOP && work->now >= work->kill_at)
		go_further(work);
	if ((tended_hopeless(&work->load.tended) || work->load.tended.never != NULL) &&
	    work->phase <= PHASE_DRAIN) {
		work->broken = true;
		work->phase = PHASE_STOP;
		tended_retire(&work->load.tended);
	}
	give_back_late(work);
	commit(work);
	tell(work, false);
}

static enum status
sum_up(struct work *work)
{
	struct origins *origins = &work->origins;
	const struct tended *stage = &work->load.tended;
	const char *name = stage->plan.command[0];
	bool unstarted = stage->restarts.failed > 0;

	if (origins->lost > 0)
		warn("%llu record%s went to other workers, see --lease, or %s revoked",
		    (unsigned long long)origins->lost, plural(origins->lost, "", "s"),
		    plural(origins->lost, "was", "were"));
	if (work->broken && stage->never != NULL) {
		warn("%s: %s", name, stage->never);
		return STATUS_BROKEN;
	}
	if (work->broken) {
		warn("%s: ended %llu time%s in a row without finishing a record%s%s",
		    name, (unsigned long long)stage->restarts.row,
		    plural(stage->restarts.row, "", "s"),
		    unstarted ? ", the last could not be started: " : "",
		    unstarted ? strerror(stage->restarts.error) : "");
		return STATUS_BROKEN;
	}
	if (work->signalled || origins_drained(origins)) {
		warn("stopped early: %s",
		    origins_empty(origins) ? "the queue is empty, and records may come"
					   : "records are left in the queue");
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
		die_misuse("%s: %s", options->operands[0], why);
	if (strcmp(*stage, "--") == 0)
		stage++;
	workload_init(&work.load, options, stage, &work.origins);
	work.signals = sig_open(caught, sizeof(caught) / sizeof(caught[0]));
	if (work.signals < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	sig_last_resort(PHASE_KILL + 1);
	origins_wake(&work.origins, work.signals);
	origins_ready(&work.origins);
	spoken_buffer();
	atexit(errors_close_all);
	work.now = work.load.tended.now = clock_ms();
	status = STATUS_BROKEN;
	if (!origins_missing(&work.origins) || !options->once) {
		headway_open(&work.headway, options->progress);
		while (!finished(&work))
			turn(&work);
		tell(&work, true);
		status = sum_up(&work);
		if (status == STATUS_OK && options->once && work.origins.missing > 0)
			status = STATUS_BROKEN; /* which was said at the beginning */
	}
	origins_close(&work.origins);
	workload_close(&work.load);
	free(work.polls);
	close(work.signals);
	return status;
}
