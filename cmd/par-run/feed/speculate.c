/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>

#include "speculate.h"

enum {
	LEAST = 100, /* ms that a record has in any case */
	TERM_GRACE = 1000 /* ms from telling a worker to end to killing it */
};

/* What may be copied, and since when its worker has it, work time. */
struct long_flight {
	struct slot *slot; /* NULL: there is none */
	struct flight *flight;
	uint64_t index, since;
};

/* Are copies made of whole blocks, which have one result? */
static bool
of_blocks(const struct speculate *speculate)
{
	return speculate->options->block_records != 0;
}

/* May no worker get anything else, before what others have is done? */
static bool
nothing_else(const struct speculate *speculate)
{
	const struct gate *gate = speculate->gate;

	return speculate->options->speculate != 0 && gate_gives(gate) &&
	    gate->phase == PHASE_RUN &&
	    (!supply_left(speculate->supply) ||
		(gate_held(gate) && speculate->supply->requeued.head == NULL));
}

/* Does its worker tell of records one by one, or of blocks as they were given? */
static bool
can_be_copied(const struct speculate *speculate, const struct slot *slot)
{
	const struct worker *worker = &slot->worker;

	return worker->window.records > 0 && slot->place.state != PLACE_DYING &&
	    slot->doubles.of == NULL &&
	    (worker->kind == WORKER_NATIVE || worker->kind == WORKER_MAP ||
		worker->kind == WORKER_BLOCK) &&
	    (of_blocks(speculate) || !worker->hello.joint);
}

/* Was it written to the worker, a block to its end, and is not done? */
static bool
was_given(const struct speculate *speculate, struct slot *slot,
    const struct flight *flight, uint64_t index)
{
	struct window *window = &slot->worker.window;

	if (slot->worker.kind == WORKER_BLOCK) /* it may get nothing by its input */
		return true;
	return window_find(window, index) != NULL &&
	    (!of_blocks(speculate) ||
		window_find(window, flight->base + flight->batch->count - 1) != NULL);
}

/* May one more of its records be copied, and be let go of then? */
static bool
has_room(const struct slot *slot)
{
	return slot->doubles.count < DOUBLES_MOST &&
	    slot->worker.window.gone_count + slot->doubles.count < WINDOW_GONE;
}

/*
 * Since when a copy of that record could be missed, in a flight of the slot, work time:
 * it was given, or its last copy came to nothing.  UINT64_MAX if there is one, or were
 * enough.
 */
static uint64_t
missed_since(const struct speculate *speculate, struct slot *slot,
    const struct flight *flight, uint64_t index)
{
	const struct doubled *one = doubles_find(&slot->doubles, index);

	if (one == NULL)
		return has_room(slot) ? flight->batch->given_at : UINT64_MAX;
	return one->copy == NULL && one->copies <= speculate->options->retries
	    ? one->since
	    : UINT64_MAX;
}

/*
 * The record of slot that could be copied, and was alone for longest; *found stays if
 * there is none.
 */
static void
look_at(const struct speculate *speculate, struct slot *slot, struct long_flight *found)
{
	for (struct flight *f = slot->worker.window.head; f != NULL; f = f->next) {
		uint64_t index = f->base + (of_blocks(speculate) ? 0 : f->prefix);

		for (; index < f->base + f->batch->count; index++) {
			uint64_t since = missed_since(speculate, slot, f, index);

			if (f->batch->given_at >= found->since)
				return;
			if (since < found->since && was_given(speculate, slot, f, index))
				*found = (struct long_flight){ .slot = slot,
					.flight = f,
					.index = index,
					.since = since };
			if (of_blocks(speculate))
				break;
		}
	}
}

/* What has been in flight longest, with nobody else. */
static struct long_flight
oldest(const struct speculate *speculate)
{
	struct long_flight found = { .since = UINT64_MAX };

	for (size_t i = 0; i < speculate->pool->count; i++)
		if (can_be_copied(speculate, speculate->pool->slots[i]))
			look_at(speculate, speculate->pool->slots[i], &found);
	return found;
}

/* When it is to be copied, clock_ms(). */
static uint64_t
due_at(const struct speculate *speculate, const struct long_flight *candidate)
{
	uint64_t beyond =
	    usual_beyond(&speculate->usual, speculate->options->speculate, LEAST);

	return beyond == UINT64_MAX
	    ? UINT64_MAX
	    : candidate->since + speculate->times->blocked + beyond;
}

int
speculate_next(struct speculate *speculate, const struct slot *slot, struct batch **batch)
{
	const struct batch *whole;
	struct long_flight found;

	if (!nothing_else(speculate) || slot->worker.window.records > 0 ||
	    slot->worker.window.gone_count > 0)
		return 0;
	found = oldest(speculate);
	if (found.slot == NULL || due_at(speculate, &found) > speculate->times->now)
		return 0;
	whole = found.flight->batch;
	*batch = of_blocks(speculate) ? batch_slice(whole, 0, whole->count, 0)
				      : window_record(found.flight, found.index);
	if (*batch == NULL)
		return ending_broken(speculate->ending, ENOMEM, "record");
	(*batch)->copy = true;
	(*batch)->piece = whole->piece;
	speculate->from = found.slot;
	speculate->index = found.index;
	return 1;
}

void
speculate_given(struct speculate *speculate, struct slot *slot)
{
	doubles_add(&speculate->from->doubles, speculate->index, slot, 1);
	doubles_of(&slot->doubles, speculate->from, speculate->index);
	speculate->pairs++;
}

/* The worker of slot need not do the record, or block, of that index any more. */
static void
withdraw(struct speculate *speculate, struct slot *slot, uint64_t index)
{
	struct window *window = &slot->worker.window;

	if (window_let_go(window, index, of_blocks(speculate)) < 0)
		ending_broken(speculate->ending, ENOMEM, "window");
	window_trim(window); /* its head is what it works on, and late with */
	if (place_may(&slot->place, PLACE_GIVE))
		place_event(&slot->place, PLACE_LET_GO);
}

/* The index of the only batch that a worker has which is a copy. */
static uint64_t
own_index(const struct slot *copy)
{
	return copy->worker.window.head->base;
}

/* The two have nothing to do with each other any more. */
static void
part(struct speculate *speculate, struct slot *copy)
{
	doubles_of(&copy->doubles, NULL, 0);
	speculate->pairs--;
}

void
speculate_won(struct speculate *speculate, struct slot *slot, uint64_t index)
{
	struct slot *of = slot->doubles.of;
	struct doubled *one;

	if (of != NULL) {
		one = doubles_find(&of->doubles, slot->doubles.index);
		withdraw(speculate, of, slot->doubles.index);
		doubles_remove(&of->doubles, one);
		part(speculate, slot);
		return;
	}
	one = doubles_find(&slot->doubles, index);
	if (one != NULL && one->copy != NULL) {
		withdraw(speculate, one->copy, own_index(one->copy));
		part(speculate, one->copy);
	}
	if (one != NULL)
		doubles_remove(&slot->doubles, one);
}

bool
speculate_goes_on(struct speculate *speculate, struct slot *slot, uint64_t index)
{
	struct slot *of = slot->doubles.of, *copy;
	struct doubled *one;
	uint64_t copies;

	if (of != NULL) {
		doubles_alone(doubles_find(&of->doubles, slot->doubles.index),
		    times_work(speculate->times));
		part(speculate, slot);
		return true;
	}
	one = doubles_find(&slot->doubles, index);
	if (one == NULL)
		return false;
	copy = one->copy;
	copies = one->copies;
	doubles_remove(&slot->doubles, one);
	if (copy == NULL)
		return false;
	part(speculate, copy);
	doubles_add(&copy->doubles, own_index(copy), NULL, copies);
	doubles_alone(
	    doubles_find(&copy->doubles, own_index(copy)), times_work(speculate->times));
	return true;
}

void
speculate_ended(struct speculate *speculate, struct slot *slot)
{
	struct window *window = &slot->worker.window;

	while (slot->doubles.of != NULL || slot->doubles.count > 0) {
		uint64_t index = slot->doubles.of != NULL ? own_index(slot)
							  : slot->doubles.some[0].index;

		if (speculate_goes_on(speculate, slot, index) &&
		    window_let_go(window, index, of_blocks(speculate)) < 0)
			ending_broken(speculate->ending, ENOMEM, "window");
	}
	window_trim(window);
}

bool
speculate_needs(const struct speculate *speculate, const struct slot *slot)
{
	const struct worker *worker = &slot->worker;

	if (speculate->options->speculate == 0 || !place_may(&slot->place, PLACE_GIVE))
		return false;
	if (slot->doubles.of == NULL && worker->window.records > 0)
		return false;
	if (slot->doubles.of != NULL &&
	    (worker->kind != WORKER_NATIVE || worker->hello.ahead || worker->framed))
		return false; /* it may wait for the end */
	return nothing_else(speculate) &&
	    (slot->doubles.of != NULL || oldest(speculate).slot != NULL);
}

/* May its worker keep its answers to what it has until more comes, which does not? */
static bool
may_hold_back(const struct speculate *speculate, const struct slot *slot)
{
	const struct worker *worker = &slot->worker;

	return gate_held(speculate->gate) && place_may(&slot->place, PLACE_GIVE) &&
	    worker->in >= 0 && worker->window.records > 0 && !worker_hungry(worker) &&
	    (worker->kind == WORKER_MAP ||
		(worker->kind == WORKER_NATIVE && worker->hello.ahead));
}

bool
speculate_frees(const struct speculate *speculate, const struct slot *slot)
{
	return speculate->options->speculate != 0 && may_hold_back(speculate, slot) &&
	    speculate_lacks(speculate);
}

/* From when the place can take a copy, clock_ms(); UINT64_MAX: it cannot. */
static uint64_t
free_at(const struct speculate *speculate, const struct slot *slot)
{
	uint64_t from = slot->start_at;

	if (may_hold_back(speculate, slot))
		return 0;
	if (slot->worker.window.records > 0 || slot->worker.window.gone_count > 0)
		return UINT64_MAX;
	if (slot->place.state != PLACE_EMPTY)
		return wants_some(speculate->wants, slot) ? 0 : UINT64_MAX;
	if (!pool_may_start(speculate->pool) && speculate->pool->restarts->next_at > from)
		from = speculate->pool->restarts->next_at;
	return from; /* or when admit_due() says */
}

bool
speculate_lacks(const struct speculate *speculate)
{
	struct long_flight found;

	if (!nothing_else(speculate))
		return false;
	for (size_t i = 0; i < speculate->pool->count; i++) {
		const struct slot *slot = speculate->pool->slots[i];

		if (place_may(&slot->place, PLACE_GIVE) &&
		    slot->worker.window.records == 0)
			return false; /* it is free, or soon will be */
	}
	found = oldest(speculate);
	return found.slot != NULL && due_at(speculate, &found) <= speculate->times->now;
}

/* Was more written to its worker, which it may do? */
static bool
has_more(const struct speculate *speculate, struct slot *slot)
{
	const struct flight *head = slot->worker.window.head;

	return head != NULL &&
	    was_given(speculate, slot, head, head->base + head->prefix);
}

void
speculate_turn(struct speculate *speculate)
{
	for (size_t i = 0;
	     speculate->options->speculate != 0 && i < speculate->pool->count; i++) {
		struct slot *slot = speculate->pool->slots[i];
		struct worker *worker = &slot->worker;

		if (worker->window.gone_count == 0 || has_more(speculate, slot) ||
		    worker->ended || !place_may(&slot->place, PLACE_HEAR) ||
		    slot->place.state == PLACE_DYING)
			continue;
		output_clear(speculate->output, &slot->spout);
		place_terminate(&slot->place, PLACE_BEATEN);
		deadline_set(&slot->deadline, speculate->times->now + TERM_GRACE);
		worker_signal(worker, SIGTERM);
		worker_silence(worker);
		worker_hang_up(worker);
	}
}

uint64_t
speculate_due(const struct speculate *speculate)
{
	uint64_t due, from = UINT64_MAX;
	struct long_flight found;

	if (!nothing_else(speculate))
		return UINT64_MAX;
	found = oldest(speculate);
	if (found.slot == NULL)
		return UINT64_MAX;
	for (size_t i = 0; i < speculate->pool->count; i++) {
		uint64_t at = free_at(speculate, speculate->pool->slots[i]);

		from = at < from ? at : from;
	}
	due = due_at(speculate, &found);
	due = from > due ? from : due;
	return due > speculate->times->now || pool_may_start(speculate->pool)
	    ? due
	    : UINT64_MAX;
}
