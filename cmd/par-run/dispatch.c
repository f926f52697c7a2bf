/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <limits.h>

#include "clock.h"
#include "dispatch.h"
#include "move.h"

enum {
	MOST_CREDIT = 1 << 16, /* records in flight */
	MOST_BYTES = 1 << 20, /* in flight, if more than one record; */
	MOST_LINK_BYTES = 8 << 20, /* over a link, where some are on their way */
	LEAST_SHARE = 16 << 10, /* of the input that is ready, bytes */
	NATIVE_PIPE = 256 << 10,
	MOST_PARCEL = 256 << 10,
	FAST_TURN = 4 * 1000 * 1000, /* ns for all that was in flight: give more */
	SLOW_TURN = 20 * 1000 * 1000, /* ns: give less, so that none waits long */
	SLOW_RECORD = 20 * 1000, /* ns: the last records are shared out evenly */
	FAST_PARCEL = 1 * 1000 * 1000, /* ns from given to read */
	SLOW_PARCEL = 10 * 1000 * 1000,
	MOST_KEPT = 64 << 20, /* output kept for its turn, bytes */
	MOST_AHEAD = 1 << 20 /* records given out before the one whose turn it is */
};

void
dispatch_hello(struct slot *slot)
{
	const struct hello *hello = &slot->worker.hello;

	slot->least = hello->jobs;
	slot->credit = hello->jobs;
	if (hello->window != 0 && slot->credit > hello->window)
		slot->credit = hello->window;
	worker_in_size(&slot->worker, NATIVE_PIPE);
}

void
dispatch_credit(struct slot *slot, uint64_t acks)
{
	const struct hello *hello = &slot->worker.hello;
	uint64_t most = hello->window != 0 ? hello->window : MOST_CREDIT, now, turn;

	slot->turn_acks += acks;
	if (slot->turn_acks < slot->credit)
		return;
	now = clock_ns();
	turn = slot->turn_since == 0 ? FAST_TURN : now - slot->turn_since;
	if (turn < FAST_TURN && slot->credit < most)
		slot->credit = 2 * slot->credit < most ? 2 * slot->credit : most;
	else if (slot->host != NULL && slot->turn_since != 0)
		slot->credit = pace_turn(&slot->pace,
		    &(struct pace_limits){ .least = slot->least, .most = most },
		    slot->credit, slot->turn_acks, turn);
	else if (turn > SLOW_TURN && slot->credit / 2 >= slot->least)
		slot->credit /= 2;
	slot->record_ns = slot->turn_since == 0 ? 0 : turn / slot->turn_acks;
	slot->turn_acks = 0;
	slot->turn_since = now;
}

/* It can be written to, and has read what it was given: how soon? */
static void
adapt_parcel(struct slot *slot)
{
	uint64_t took = clock_ns() - slot->given_at;

	if (took < FAST_PARCEL && slot->parcel < MOST_PARCEL) {
		slot->parcel *= 8;
		if (slot->parcel > MOST_PARCEL)
			slot->parcel = MOST_PARCEL;
		if (slot->parcel > slot->worker.in_room)
			worker_in_size(&slot->worker, slot->parcel);
	} else if (took > SLOW_PARCEL && slot->parcel > 1) {
		slot->parcel = 1;
		worker_in_size(&slot->worker, 1);
		slot->draining = slot->worker.in_room > PIPE_BUF;
	}
}

/* Write what it takes now; one that gets no more has its input ended then. */
static void
feed(struct slot *slot)
{
	worker_feed(&slot->worker); /* a closed end is noticed at its death */
	if (slot->worker.kind != WORKER_BLOCK || worker_hungry(&slot->worker))
		return;
	worker_end_input(&slot->worker);
	slot->input_ended = true;
}

void
dispatch_writable(struct slot *slot)
{
	if (worker_hungry(&slot->worker)) {
		feed(slot);
		slot->given_at = clock_ns();
		return;
	}
	if (slot->worker.kind != WORKER_PLAIN || slot->writable)
		return;
	adapt_parcel(slot);
	slot->writable = !slot->draining;
	window_consumed(&slot->worker.window, worker_consumed(&slot->worker));
}

/*
 * A worker that answers a line by a line, or says that it reads ahead, has read
 * all that it was given, and is silent: many a filter waits until it has a block
 * of input, or of output.
 */
static void
feed_silent(struct slot *slot)
{
	if (worker_hungry(&slot->worker) || move_held(slot->worker.in) > 0 ||
	    slot->credit >= MOST_CREDIT)
		return;
	slot->credit *= 2;
	slot->least = slot->credit;
}

void
dispatch_check(struct slot *slot)
{
	if ((slot->worker.kind == WORKER_MAP || slot->worker.hello.ahead) &&
	    slot->worker.in >= 0)
		feed_silent(slot);
	if (!slot->draining || slot->worker.in < 0 || move_held(slot->worker.in) > 0)
		return;
	worker_in_size(&slot->worker, 1);
	slot->draining = false;
	slot->writable = true;
}

/* The most bytes that it may have in flight. */
static size_t
most_bytes(const struct slot *slot)
{
	return slot->host != NULL ? MOST_LINK_BYTES : MOST_BYTES;
}

/*
 * How many more records a native worker may have beside the others.  Of slow ones
 * all that is ready must not be with a few workers when the input ends.
 */
static uint64_t
fair_share(const struct run *run, const struct slot *slot)
{
	const struct intake *intake = &run->intake;
	uint64_t records = slot->worker.window.records, ready, fair;

	if (slot->worker.kind != WORKER_NATIVE || slot->record_ns < SLOW_RECORD ||
	    slot->host != NULL || keys_on(&run->keys) || intake->offset == 0 ||
	    !intake_ready(intake))
		return UINT64_MAX;
	ready = (uint64_t)((double)intake_bytes(intake) * (double)intake->next /
	    (double)intake->offset);
	fair = ready / (2 * run->slot_count);
	if (fair < slot->least)
		fair = slot->least;
	return fair > records ? fair - records : 0;
}

/*
 * A stage that makes blocks does so of whatever comes to it.  The output of one counts
 * as that of its last record: where order matters it must be of records that follow
 * each other, so that nothing comes before the stage is done with what it has.
 */
static bool
block_goes_on(const struct run *run, const struct slot *slot)
{
	return slot->worker.hello.joint && slot->worker.window.records > 0 &&
	    (run->keep_order || run->checkpoint.on || run->above.fd >= 0);
}

/* Would it take a record? */
static bool
wants(const struct run *run, const struct slot *slot)
{
	const struct worker *worker = &slot->worker;
	const struct window *window = &worker->window;

	if (run_lets_go(slot))
		return false;
	if (run->kind == WORKER_BLOCK)
		return worker->pid == 0 && !worker->ended && run_may_start(run);
	if (worker->in < 0 || worker->deaf || worker_hungry(worker))
		return false;
	if (window->head != NULL && window->head->batch->alone)
		return false;
	switch (worker->kind) {
	case WORKER_UNKNOWN: /* one record shows whether it reads before it says hello */
		return run->kind != WORKER_NATIVE && window->given_records == 0 &&
		    !worker->framed;
	case WORKER_NATIVE:
	case WORKER_MAP:
		return window->records < slot->credit && !block_goes_on(run, slot) &&
		    window->bytes < most_bytes(slot) &&
		    (run->again.head != NULL || fair_share(run, slot) > 0);
	case WORKER_BLOCK: /* see above */
		return false;
	case WORKER_PLAIN:
		return slot->writable;
	}
	return false;
}

bool
dispatch_open(const struct run *run)
{
	if (run->phase != PHASE_RUN)
		return false;
	return !run->keep_order || run->intake.next == run->order.next ||
	    (run->order.bytes + run->quarantine.later.bytes < MOST_KEPT &&
		run->intake.next - run->order.next < MOST_AHEAD);
}

/* The same, of what only this worker may get. */
static struct batch *
choose_by_key(struct run *run, struct slot *slot)
{
	const struct window *window = &slot->worker.window;

	if (slot->worker.kind == WORKER_UNKNOWN)
		return keys_next(run, slot, 1, SIZE_MAX);
	if (slot->worker.kind == WORKER_PLAIN)
		return keys_next(run, slot, UINT64_MAX, slot->parcel);
	return keys_next(
	    run, slot, slot->credit - window->records, most_bytes(slot) - window->bytes);
}

/* The next batch for slot, or NULL if there is none for it now. */
static struct batch *
choose(struct run *run, struct slot *slot)
{
	const struct window *window = &slot->worker.window;
	struct batch *again;
	size_t share = intake_bytes(&run->intake) / run->slot_count;
	uint64_t most = UINT64_MAX, fair;

	if (keys_on(&run->keys))
		return choose_by_key(run, slot);
	again = batch_peek(&run->again, run->now);
	if (again != NULL && (!again->alone || window->records == 0)) {
		if (run->reserved == slot)
			run->reserved = NULL;
		return batch_pop(&run->again, run->now);
	}
	if (again != NULL && run->reserved == NULL)
		run->reserved = slot;
	if (run->reserved == slot || !dispatch_open(run) || !intake_ready(&run->intake))
		return NULL;
	if (run->kind == WORKER_BLOCK) {
		most = run->options->block_records;
		share = run->options->block_bytes;
	} else if (slot->worker.kind == WORKER_PLAIN) {
		share = slot->parcel;
	} else {
		most = slot->worker.kind != WORKER_UNKNOWN
		    ? slot->credit - window->records
		    : 1;
		fair = fair_share(run, slot);
		if (most > fair)
			most = fair > 0 ? fair : 1;
		if (share < LEAST_SHARE)
			share = LEAST_SHARE;
		if (share > most_bytes(slot) - window->bytes)
			share = most_bytes(slot) - window->bytes;
	}
	return intake_cut(&run->intake, most, share);
}

/* Give slot something; false if there is nothing for it. */
static bool
give(struct run *run, struct slot *slot)
{
	struct batch *batch = choose(run, slot);

	if (batch == NULL) {
		slot->turn_since = 0; /* it waits for us: no measure of its speed */
		return false;
	}
	if (slot->turn_since == 0) {
		slot->turn_since = clock_ns();
		slot->turn_acks = 0;
	}
	if (run->kind == WORKER_BLOCK && !run_start(run, slot, batch))
		return false;
	batch->given_at = run_work_time(run);
	if (slot->worker.window.records == 0) {
		slot->check_wait = 1;
		slot->check_at = run->now + 1;
	}
	if (window_add(&slot->worker.window, batch) < 0)
		run_broken(run, ENOMEM, "window");
	account_given(slot, batch->count, batch->len);
	if (slot->worker.kind == WORKER_PLAIN) /* nobody will tell */
		slot->account.done += batch->count;
	slot->writable = false;
	feed(slot);
	if (slot->worker.kind == WORKER_PLAIN)
		slot->given_at = clock_ns();
	return true;
}

bool
dispatch(struct run *run)
{
	size_t refused = 0;
	bool wanted = false;

	if (run->given_in || run->phase >= PHASE_STOP ||
	    (run->paused && run->phase == PHASE_RUN))
		return false;
	keys_settle(run);
	/* Once around without anybody taking something is the end. */
	while (refused < run->slot_count) {
		struct slot *slot = run->slots[run->turn];

		run->turn = run->turn + 1 == run->slot_count ? 0 : run->turn + 1;
		if (!wants(run, slot)) {
			refused++;
		} else if (give(run, slot)) {
			refused = 0;
		} else {
			refused++;
			wanted = true;
		}
	}
	return wanted && dispatch_open(run) && keys_room(&run->keys);
}
