/* SPDX-License-Identifier: ISC */
#include <signal.h>

#include "diag.h"
#include "host.h"
#include "overdue.h"

enum {
	TERM_GRACE = 1000, /* ms from telling a worker to end to killing it */
	FIRST_START =
	    30 * 1000, /* ms that a start may take when no worker has said hello */
	LEAST_START = 2000, /* ms that it always may, or */
	START_TIMES = 5, /* so many times what another worker took */
	LEAST_END = 2000, /* ms that a worker may always take to end */
	LINK_TIME = 90 * 1000 /* ms more for a host, which sees to its workers itself */
};

/* What a worker is waited for. */
enum wait { FOR_NOTHING, FOR_RECORD, FOR_START, FOR_END };

static uint64_t
most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static enum wait
waits(const struct overdue *overdue, const struct slot *slot)
{
	const struct worker *worker = &slot->worker;
	bool some = worker->window.records > 0;

	if (overdue->options->timeout == 0 || !place_may(&slot->place, PLACE_HEAR))
		return FOR_NOTHING;
	if (worker->kind == WORKER_UNKNOWN &&
	    slot->link.host != NULL) /* see hosts_turn() */
		return FOR_NOTHING;
	if (worker->kind == WORKER_UNKNOWN && worker->in >= 0)
		return some ||
			(overdue->nature->kind == WORKER_NATIVE &&
			    supply_left(overdue->supply))
		    ? FOR_START
		    : FOR_NOTHING;
	if (some && worker->kind != WORKER_PLAIN)
		return FOR_RECORD;
	return worker->in < 0 ? FOR_END : FOR_NOTHING;
}

/* How long a worker may take until it says hello, ms. */
static uint64_t
start_time(const struct overdue *overdue, const struct slot *slot)
{
	uint64_t others = overdue->slowest_start == 0
	    ? FIRST_START * (slot->account.starts > 1 ? 2 : 1)
	    : most(LEAST_START, START_TIMES * overdue->slowest_start);

	return most(overdue->options->timeout, others);
}

/*
 * One that works on one record at a time began with it when it finished the one before.
 * A host has others for what it was given.
 */
uint64_t
overdue_begun_at(const struct slot *slot)
{
	uint64_t given_at = slot->worker.window.head->batch->given_at;

	return slot->worker.hello.jobs == 1 || slot->silence.excused ||
		slot->place.state == PLACE_LEAVING || slot->link.host != NULL
	    ? most(given_at, slot->account.progress_at)
	    : given_at;
}

uint64_t
overdue_at(const struct overdue *overdue, const struct slot *slot)
{
	uint64_t extra =
	    overdue->times->blocked + (slot->link.host != NULL ? LINK_TIME : 0);
	uint64_t timeout = overdue->options->timeout;

	if (slot->deadline.kill_at != 0)
		return slot->deadline.kill_at;
	switch (waits(overdue, slot)) {
	case FOR_RECORD:
		return overdue_begun_at(slot) + timeout + extra;
	case FOR_START:
		return slot->deadline.started_at + start_time(overdue, slot) + extra;
	case FOR_END:
		return most(slot->account.progress_at, slot->deadline.input_ended_at) +
		    most(timeout, LEAST_END) + extra;
	case FOR_NOTHING:
		break;
	}
	return UINT64_MAX;
}

static void
say(struct overdue *overdue, struct slot *slot, const char *what)
{
	if (slot->link.host != NULL)
		warn("%s: %s", slot->link.host->name, what);
	else
		warn("worker %u: %s", slot->worker.number, what);
	if (overdue->nature->kind != WORKER_UNKNOWN || slot->account.starts < 2 ||
	    overdue->gate->hope != HOPE_LEFT)
		return;
	/* Another one would only wait as long. */
	gate_give_in(overdue->gate, HOPE_NEVER, "no worker of it says hello, or reads");
}

void
overdue_check(struct overdue *overdue, struct slot *slot)
{
	enum wait wait = waits(overdue, slot);

	if (overdue->times->now < overdue_at(overdue, slot))
		return;
	if (slot->deadline.kill_at != 0) {
		worker_signal(&slot->worker, SIGKILL);
		deadline_set(&slot->deadline, UINT64_MAX);
		return;
	}
	/* By itself, just in time? */
	if (!slot->worker.ended && worker_ended(&slot->worker))
		return;
	if (wait == FOR_RECORD && silent_excused(overdue->silent, slot))
		return;
	if (wait == FOR_RECORD && slot->link.host == NULL)
		deadline_blame(&slot->deadline, window_oldest(&slot->worker.window));
	else
		say(overdue, slot,
		    wait == FOR_START	  ? "does not say hello, nor read; ended"
			: wait == FOR_END ? "does not end, though its input has; ended"
					  : "finishes nothing; ended");
	place_terminate(&slot->place,
	    wait == FOR_RECORD && slot->link.host == NULL ? PLACE_LATE : PLACE_STUCK);
	deadline_set(&slot->deadline, overdue->times->now + TERM_GRACE);
	worker_signal(&slot->worker, SIGTERM);
}

void
overdue_hello(struct overdue *overdue, struct slot *slot)
{
	const struct flight *first = slot->worker.window.head;
	uint64_t now = times_work(overdue->times);
	uint64_t took = deadline_hello(&slot->deadline, now);

	if (took == 0) /* it repeats itself */
		return;
	overdue->slowest_start = most(overdue->slowest_start, took);
	account_progress(&slot->account, now);
	if (first != NULL) /* only now can it begin with what it was given */
		first->batch->given_at = now;
}
