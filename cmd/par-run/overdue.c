/* SPDX-License-Identifier: ISC */
#include <signal.h>

#include "gate.h"
#include "overdue.h"
#include "silent.h"

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
waits(const struct run *run, const struct slot *slot)
{
	const struct worker *worker = &slot->worker;
	bool some = worker->window.records > 0;

	if (run->options->timeout == 0 || !place_may(&slot->place, PLACE_HEAR))
		return FOR_NOTHING;
	if (worker->kind == WORKER_UNKNOWN && slot->host != NULL) /* see hosts_turn() */
		return FOR_NOTHING;
	if (worker->kind == WORKER_UNKNOWN && worker->in >= 0)
		return some || (run->kind == WORKER_NATIVE && gate_has_input(run))
		    ? FOR_START
		    : FOR_NOTHING;
	if (some && worker->kind != WORKER_PLAIN)
		return FOR_RECORD;
	return worker->in < 0 ? FOR_END : FOR_NOTHING;
}

/* How long a worker may take until it says hello, ms. */
static uint64_t
start_time(const struct run *run, const struct slot *slot)
{
	uint64_t others = run->slowest_start == 0
	    ? FIRST_START * (slot->account.starts > 1 ? 2 : 1)
	    : most(LEAST_START, START_TIMES * run->slowest_start);

	return most(run->options->timeout, others);
}

/*
 * Since when a record is worked on: one that works on one at a time began with it when
 * it finished the one before.  A host has others for what it was given.
 */
static uint64_t
begun_at(const struct slot *slot)
{
	uint64_t given_at = slot->worker.window.head->batch->given_at;

	return slot->worker.hello.jobs == 1 || slot->excused ||
		slot->place.state == PLACE_LEAVING || slot->host != NULL
	    ? most(given_at, slot->progress_at)
	    : given_at;
}

uint64_t
overdue_at(const struct run *run, const struct slot *slot)
{
	uint64_t extra = run->times.blocked + (slot->host != NULL ? LINK_TIME : 0);
	uint64_t timeout = run->options->timeout;

	if (slot->kill_at != 0)
		return slot->kill_at;
	switch (waits(run, slot)) {
	case FOR_RECORD:
		return begun_at(slot) + timeout + extra;
	case FOR_START:
		return slot->started_at + start_time(run, slot) + extra;
	case FOR_END:
		return most(slot->progress_at, slot->input_ended_at) +
		    most(timeout, LEAST_END) + extra;
	case FOR_NOTHING:
		break;
	}
	return UINT64_MAX;
}

static void
say(struct run *run, struct slot *slot, const char *what)
{
	if (slot->host != NULL)
		warn("%s: %s", slot->host->name, what);
	else
		warn("worker %u: %s", slot->worker.number, what);
	if (run->kind != WORKER_UNKNOWN || slot->account.starts < 2 || run->given_in)
		return;
	gate_give_in(run, "no worker of it says hello, or reads");
	run->never = true; /* another one would only wait as long */
}

void
overdue_check(struct run *run, struct slot *slot)
{
	enum wait wait = waits(run, slot);

	if (run->times.now < overdue_at(run, slot))
		return;
	if (slot->kill_at != 0) {
		worker_signal(&slot->worker, SIGKILL);
		slot->kill_at = UINT64_MAX;
		return;
	}
	/* By itself, just in time? */
	if (!slot->worker.ended && worker_ended(&slot->worker))
		return;
	if (wait == FOR_RECORD && silent_excused(run, slot))
		return;
	if (wait == FOR_RECORD && slot->host == NULL)
		slot->late = window_oldest(&slot->worker.window);
	else
		say(run, slot,
		    wait == FOR_START	  ? "does not say hello, nor read; ended"
			: wait == FOR_END ? "does not end, though its input has; ended"
					  : "finishes nothing; ended");
	place_tell(&slot->place,
	    wait == FOR_RECORD && slot->host == NULL ? PLACE_LATE : PLACE_STUCK);
	slot->kill_at = run->times.now + TERM_GRACE;
	worker_signal(&slot->worker, SIGTERM);
}

void
overdue_hello(struct run *run, struct slot *slot)
{
	const struct flight *first = slot->worker.window.head;
	uint64_t now = times_work(&run->times), took = now - slot->started_at;

	if (slot->started_at == 0) /* it repeats itself */
		return;
	slot->started_at = 0;
	run->slowest_start = most(run->slowest_start, took + 1);
	slot->progress_at = now;
	if (first != NULL) /* only now can it begin with what it was given */
		first->batch->given_at = now;
}
