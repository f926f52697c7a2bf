/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "clock.h"
#include "dispatch.h"
#include "gate.h"
#include "move.h"
#include "pool.h"
#include "starts.h"

/* ns for all that was in flight: a shorter time gives more, a longer one less. */
enum { FAST_TURN = 4 * 1000 * 1000, SLOW_TURN = 20 * 1000 * 1000 };

enum {
	MOST_BYTES = 1 << 20, /* in flight, if more than one record; */
	MOST_LINK_BYTES = 8 << 20, /* over a link, where some are on their way */
	OWN_BYTES = 8 << 20, /* on its way to one that has workers of its own, */
	OWN_RECORDS = 1 << 20, /* and that none of them has */
	LEAST_SHARE = 16 << 10, /* of the input that is ready, bytes */
	NATIVE_PIPE = 256 << 10,
	MOST_PARCEL = 256 << 10,
	MOST_UNIT = 64 << 20, /* gathered for a stage that makes blocks, bytes */
	PROBE_WAIT = 30000, /* ms that others wait for one to show what it is */
	SHORT_WAIT = 20, /* ms before it is told that more is needed */
	FAST_PARCEL = 1 * 1000 * 1000, /* ns from given to read */
	SLOW_PARCEL = 10 * 1000 * 1000
};

void
dispatch_hello(struct slot *slot)
{
	const struct hello *hello = &slot->worker.hello;

	credit_hello(
	    &slot->credit, hello, hello->window != 0 ? hello->window : UINT64_MAX);
	worker_in_size(&slot->worker, NATIVE_PIPE);
}

void
dispatch_waits(struct slot *slot)
{
	slot->waits = slot->worker.window.given_records;
}

uint64_t
dispatch_short(const struct run *run)
{
	return run->above.fd < 0 || run->options->framed || run->short_since == 0 ||
		run->short_told || run->intake.end
	    ? UINT64_MAX
	    : run->short_since + SHORT_WAIT;
}

/* Does its worker wait for more, whatever it has? */
static bool
starved(const struct slot *slot)
{
	const struct worker *worker = &slot->worker;

	return slot->waits > 0 && slot->waits == worker->window.given_records &&
	    worker->window.records > 0 && worker->in >= 0 && !worker_hungry(worker);
}

void
dispatch_credit(struct slot *slot, uint64_t acks)
{
	static const struct credit_plan near = {
		.fast = FAST_TURN, .slow = SLOW_TURN, .unknown = FAST_TURN
	};
	static const struct credit_plan far = {
		/* where pace looks for what is too much */
		.fast = FAST_TURN,
		.slow = UINT64_MAX,
		.unknown = FAST_TURN
	};
	struct credit *credit = &slot->credit;
	uint64_t most = credit_most(&slot->worker.hello, UINT64_MAX);

	if (!credit_acks(credit, acks))
		return;
	if (!credit_turn(credit, slot->host == NULL ? &near : &far, most, clock_ns()) &&
	    slot->host != NULL && credit->last_took != 0)
		credit->records = pace_turn(&slot->pace,
		    &(struct pace_limits){ .least = credit->least, .most = most },
		    credit->records, credit->last_acks, credit->last_took);
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
feed(struct run *run, struct slot *slot)
{
	worker_feed(&slot->worker); /* a closed end is noticed at its death */
	if (slot->worker.kind != WORKER_BLOCK || worker_hungry(&slot->worker))
		return;
	pool_end_input(run, slot);
}

void
dispatch_writable(struct run *run, struct slot *slot)
{
	if (worker_hungry(&slot->worker)) {
		feed(run, slot);
		slot->given_at = clock_ns();
		return;
	}
	if (slot->worker.kind != WORKER_PLAIN || slot->writable)
		return;
	adapt_parcel(slot);
	slot->writable = !slot->draining;
	window_consumed(&slot->worker.window, worker_consumed(&slot->worker));
}

void
dispatch_check(struct slot *slot)
{
	if (!slot->draining || slot->worker.in < 0 || move_held(slot->worker.in) > 0)
		return;
	worker_in_size(&slot->worker, 1);
	slot->draining = false;
	slot->writable = true;
}

struct ahead_limit
dispatch_limit(const struct run *run, const struct slot *slot)
{
	const struct hello *hello = &slot->worker.hello;
	struct ahead_limit limit;

	if (slot->worker.kind == WORKER_MAP)
		return run->options->ahead;
	/* One with workers of its own sees to it that they answer: it gets more. */
	limit = ahead_times(&run->options->ahead, hello->jobs > 0 ? hello->jobs : 1);
	limit.bytes += OWN_BYTES;
	limit.records += OWN_RECORDS;
	if (hello->window != 0 && limit.records > hello->window)
		limit.records = hello->window;
	return limit;
}

/* The most bytes that it may have in flight, of one that answers as it reads. */
static size_t
usual_bytes(const struct slot *slot)
{
	return slot->host != NULL ? MOST_LINK_BYTES : MOST_BYTES;
}

/* The most that it may have in flight now. */
static struct ahead_limit
may_have(const struct run *run, const struct slot *slot)
{
	struct ahead_limit may = { .bytes = usual_bytes(slot),
		.records = slot->credit.records },
			   limit;

	if (!dispatch_reads_ahead(&slot->worker))
		return may;
	limit = dispatch_limit(run, slot);
	if (may.bytes < slot->widened)
		may.bytes = slot->widened;
	if (may.bytes > limit.bytes)
		may.bytes = limit.bytes;
	if (may.records > limit.records)
		may.records = limit.records;
	return may;
}

/*
 * How many more records a native worker may have beside the others.  Of slow ones
 * all that is ready must not be with a few workers when the input ends.
 */
static uint64_t
fair_share(const struct run *run, const struct slot *slot)
{
	const struct intake *intake = &run->intake;
	uint64_t ready;

	if (slot->worker.kind != WORKER_NATIVE || !credit_is_slow(&slot->credit) ||
	    slot->host != NULL || keys_on(&run->keys) || intake->offset == 0 ||
	    !intake_ready(intake))
		return UINT64_MAX;
	ready = (uint64_t)((double)intake_bytes(intake) * (double)intake->next /
	    (double)intake->offset);
	return credit_fair(
	    &slot->credit, ready, run->slot_count, slot->worker.window.records);
}

/*
 * A stage that makes blocks does so of whatever comes to it.  The output of one counts
 * as that of its last record: where order matters it must be of records that follow
 * each other: nothing else comes before the stage is done with what it has.
 */
static bool
neighbours_only(const struct run *run, const struct slot *slot)
{
	return slot->worker.hello.joint && run_in_order(run);
}

bool
dispatch_block_goes_on(const struct run *run, const struct slot *slot)
{
	if (slot->host != NULL && run->options->block_records != 0)
		return false; /* it has whole ones */
	return neighbours_only(run, slot) && slot->worker.window.records > 0 &&
	    (slot->end != run->intake.next || run->again.head != NULL ||
		keys_on(&run->keys));
}

/* Was it given a record to show what it is, a moment ago? */
static bool
is_probed(const struct run *run, const struct slot *slot)
{
	const struct worker *worker = &slot->worker;

	return worker->pid != 0 && worker->kind == WORKER_UNKNOWN &&
	    worker->window.head != NULL &&
	    times_work(&run->times) < worker->window.head->batch->given_at + PROBE_WAIT;
}

/* Then the others wait, so that a stage that makes blocks of N has its first one whole.
 */
static bool
probing(const struct run *run)
{
	for (size_t i = 0; run->kind == WORKER_UNKNOWN && i < run->slot_count; i++)
		if (is_probed(run, run->slots[i]))
			return true;
	return false;
}

bool
dispatch_has_room(const struct run *run, const struct slot *slot)
{
	const struct window *window = &slot->worker.window;
	struct ahead_limit may = may_have(run, slot);

	return window->records < may.records && window->bytes < may.bytes &&
	    !dispatch_block_goes_on(run, slot) &&
	    (run->again.head != NULL || fair_share(run, slot) > 0);
}

bool
dispatch_widen(struct slot *slot, const struct ahead_limit *limit)
{
	const struct window *window = &slot->worker.window;
	uint64_t bytes =
	    slot->widened > usual_bytes(slot) ? slot->widened : usual_bytes(slot);

	if (slot->worker.in_room < NATIVE_PIPE)
		worker_in_size(&slot->worker, NATIVE_PIPE);
	if (window->bytes >= bytes) {
		slot->widened = 2 * bytes < limit->bytes ? 2 * bytes : limit->bytes;
		return slot->host == NULL; /* what it answers may be on its way */
	}
	if (slot->credit.records < window->records)
		slot->credit.records = window->records;
	credit_double(&slot->credit, limit->records);
	slot->credit.least = slot->credit.records;
	return true;
}

/* Is there a worker that is known to tell what becomes of records? */
static bool
any_native(const struct run *run)
{
	for (size_t i = 0; i < run->slot_count; i++)
		if (run->slots[i]->worker.kind == WORKER_NATIVE &&
		    run->slots[i]->worker.pid != 0)
			return true;
	return false;
}

/* Would it take a record? */
static bool
wants(const struct run *run, const struct slot *slot)
{
	const struct worker *worker = &slot->worker;
	const struct window *window = &worker->window;

	if (run->kind == WORKER_BLOCK)
		return slot->place.state == PLACE_EMPTY && starts_may(run);
	if (!place_may(&slot->place, PLACE_GIVE) || worker->in < 0 || worker->deaf ||
	    worker_hungry(worker))
		return false;
	if (window->head != NULL && window->head->batch->alone)
		return false;
	switch (worker->kind) {
	case WORKER_UNKNOWN: /* one record shows whether it reads before it says hello */
		if (worker->framed)
			return worker->unsure && window->records == 0 &&
			    !any_native(run) && !probing(run);
		return run->kind != WORKER_NATIVE && window->records == 0 &&
		    !probing(run);
	case WORKER_NATIVE:
	case WORKER_MAP:
		return dispatch_has_room(run, slot);
	case WORKER_BLOCK: /* see above */
		return false;
	case WORKER_PLAIN:
		return slot->writable;
	}
	return false;
}

/* The next batch of what only this worker may get. */
static struct batch *
choose_by_key(struct run *run, struct slot *slot)
{
	const struct window *window = &slot->worker.window;
	struct ahead_limit may = may_have(run, slot);

	if (slot->worker.kind == WORKER_UNKNOWN)
		return keys_next(run, slot, 1, SIZE_MAX, false);
	if (slot->worker.kind == WORKER_PLAIN)
		return keys_next(run, slot, UINT64_MAX, slot->parcel, false);
	return keys_next(run, slot, may.records - window->records,
	    may.bytes - window->bytes, neighbours_only(run, slot));
}

/*
 * The next block for a process of its own; NULL if it is not full yet.  A record that
 * was refused counts as one of its N, so that those after it are with their own.
 */
static struct batch *
next_block(struct run *run)
{
	const struct run_options *o = run->options;
	struct intake *intake = &run->intake;
	bool counted = o->block_bytes == SIZE_MAX;
	uint64_t behind = intake->next - run->block_first;
	const char *why;

	if (o->framed) {
		if (intake_framed(intake, &why))
			return intake_cut_gathered(intake);
		if (why != NULL)
			ending_broken(&run->ending, 0, why);
		return NULL;
	}
	if (!counted || behind >= o->block_records)
		behind = 0;
	if (!intake_gather(intake, o->block_records - behind, o->block_bytes)) {
		if (run->block_since == 0)
			run->block_since = run->times.now;
		if (o->block_wait == UINT64_MAX)
			return NULL;
		run->block_due = run->block_since + o->block_wait;
		if (run->times.now < run->block_due)
			return NULL;
	}
	run->block_since = 0;
	if (behind == 0)
		run->block_first = intake->next;
	if (!intake->barred)
		run->block_first = intake->next + intake->gathered;
	return intake_cut_gathered(intake);
}

/*
 * How many records the worker of slot has of a block of unit that is not full, and that
 * the next record belongs to; 0: it has none.
 */
static uint64_t
part_of_block(const struct run *run, const struct slot *slot, uint64_t unit)
{
	const struct worker *worker = &slot->worker;

	if (worker->in < 0 || worker->deaf || slot->end != run->intake.next)
		return 0;
	return worker->window.given_records % unit;
}

/*
 * So many records for a native stage, of so many bytes.  One that makes blocks of N
 * gets whole ones, so that they are the same as without us.
 */
static struct batch *
next_native(struct run *run, struct slot *slot, uint64_t most, size_t share)
{
	uint64_t unit = slot->worker.hello.block, part;

	if (slot->host != NULL && run->options->block_records != 0)
		return next_block(run);
	if (slot->worker.kind != WORKER_NATIVE || unit <= 1)
		return intake_cut(&run->intake, most, share);
	part = part_of_block(run, slot, unit);
	for (size_t i = 0; part == 0 && i < run->slot_count; i++)
		if (part_of_block(run, run->slots[i], unit) > 0 &&
		    (is_probed(run, run->slots[i]) || wants(run, run->slots[i])))
			return NULL;
	if (!intake_gather(&run->intake, unit - part, MOST_UNIT))
		return NULL;
	if (part > 0)
		return intake_cut(&run->intake, unit - part, SIZE_MAX);
	return intake_cut_units(
	    &run->intake, unit, most < unit ? unit : most - most % unit, share);
}

/*
 * How many records of a batch that is sent again it may have at once: all, but for what
 * it said that it wants, and one that is to show what it is.
 */
static uint64_t
most_again(const struct run *run, const struct slot *slot)
{
	const struct worker *worker = &slot->worker;
	uint64_t window = worker->hello.window, has = worker->window.records;

	if (run->options->block_records != 0)
		return UINT64_MAX;
	if (worker->kind == WORKER_UNKNOWN)
		return 1;
	if (worker->kind != WORKER_NATIVE || window == 0)
		return UINT64_MAX;
	return window > has ? window - has : 1;
}

/*
 * What is sent again comes first.  True if there is some that slot may have: *batch is
 * it, or NULL without memory.  What is to be alone waits for a worker that is free.
 */
static bool
take_again(struct run *run, struct slot *slot, struct batch **batch)
{
	const struct batch *again = batch_peek(&run->again, run->times.now);

	if (again == NULL)
		return false;
	if (again->alone && slot->worker.window.records > 0) {
		if (run->reserved == NULL)
			run->reserved = slot;
		return false;
	}
	if (run->reserved == slot)
		run->reserved = NULL;
	if (batch_take(&run->again, run->times.now, most_again(run, slot), batch) < 0)
		ending_broken(&run->ending, ENOMEM, "records to send again");
	return true;
}

/* New records for slot, of those that are ready; NULL if there are none for it now. */
static struct batch *
take_new(struct run *run, struct slot *slot)
{
	const struct window *window = &slot->worker.window;
	size_t share = intake_bytes(&run->intake) / run->slot_count;
	struct ahead_limit may = may_have(run, slot);
	uint64_t most = may.records - window->records, fair = fair_share(run, slot);

	if (slot->worker.kind == WORKER_PLAIN)
		return next_native(run, slot, UINT64_MAX, slot->parcel);
	if (slot->worker.kind == WORKER_UNKNOWN)
		most = 1;
	if (most > fair)
		most = fair > 0 ? fair : 1;
	if (share < LEAST_SHARE)
		share = LEAST_SHARE;
	if (share > may.bytes - window->bytes)
		share = may.bytes - window->bytes;
	return next_native(run, slot, most, share);
}

/* The next batch for slot, or NULL if there is none for it now. */
static struct batch *
choose(struct run *run, struct slot *slot)
{
	struct batch *again = NULL;

	if (keys_on(&run->keys))
		return choose_by_key(run, slot);
	if (take_again(run, slot, &again))
		return again;
	if (run->reserved == slot || !gate_open(run) || !intake_ready(&run->intake))
		return NULL;
	return run->kind == WORKER_BLOCK ? next_block(run) : take_new(run, slot);
}

/* Give slot something; false if there is nothing for it. */
static bool
give(struct run *run, struct slot *slot)
{
	struct batch *batch = choose(run, slot);

	if (batch == NULL && run->intake.no_memory)
		ending_broken(&run->ending, ENOMEM, run->in_name);
	if (batch == NULL) {
		credit_starved(&slot->credit);
		run->wanting = run->wanting || starved(slot) ||
		    (intake_ready(&run->intake) && gate_open(run));
		return false;
	}
	if (slot->host != NULL && run->options->block_records != 0)
		batch->lead_len = (unsigned)snprintf(batch->lead, sizeof(batch->lead),
		    "block %llu %zu\n", (unsigned long long)batch->count, batch->len);
	slot->end = batch_number(batch, batch->count - 1) + 1;
	if (slot->credit.since == 0)
		credit_given(&slot->credit, clock_ns());
	if (run->kind == WORKER_BLOCK && !starts_one(run, slot, batch))
		return false;
	batch->given_at = times_work(&run->times);
	if (slot->worker.window.records == 0) {
		slot->check_wait = 1;
		slot->check_at = run->times.now + 1;
	}
	if (window_add(&slot->worker.window, batch) < 0) {
		batch_push(&run->again, batch);
		ending_broken(&run->ending, ENOMEM, "window");
		return false;
	}
	account_given(&slot->account, batch->count, batch->len);
	if (slot->worker.kind == WORKER_PLAIN) /* nobody will tell */
		slot->account.done += batch->count;
	slot->writable = false;
	feed(run, slot);
	if (slot->worker.kind == WORKER_PLAIN)
		slot->given_at = clock_ns();
	return true;
}

/*
 * One that waits for more, and gets no more before it has answered, has its input
 * ended: it does what it has, and another one goes on.
 */
static void
end_starved(struct run *run)
{
	bool closed =
	    run->phase == PHASE_RUN && (!gate_open(run) || !keys_room(&run->keys));

	for (size_t i = 0; i < run->slot_count; i++) {
		struct slot *slot = run->slots[i];

		if (!starved(slot) || (!closed && wants(run, slot)))
			continue;
		pool_end_input(run, slot);
	}
}

size_t
dispatch_in_flight(const struct run *run)
{
	size_t sum = 0;

	for (size_t i = 0; i < run->slot_count; i++)
		sum += run->slots[i]->worker.window.bytes;
	return sum;
}

bool
dispatch(struct run *run)
{
	size_t refused = 0;
	bool wanted = false;

	if (run->given_in || run->phase >= PHASE_STOP ||
	    (run->paused && run->phase == PHASE_RUN))
		return false;
	run->block_due = UINT64_MAX;
	run->wanting = false;
	keys_settle(run);
	/* Once around without anybody taking something is the end. */
	while (refused < run->slot_count && !ending_near(&run->ending)) {
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
	end_starved(run);
	if (!run->wanting)
		run->short_since = 0;
	else if (run->short_since == 0)
		run->short_since = run->times.now;
	return wanted && gate_open(run) && keys_room(&run->keys);
}
