/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>

#include "grow.h"
#include "pool.h"

struct slot *
pool_add(struct run *run)
{
	size_t number = run->slot_count + 1;
	struct slot **slots =
	    grow(run->slots, &run->slot_room, number, sizeof(struct slot *), UINT32_MAX);
	struct slot *slot = calloc(1, sizeof(*slot));

	if (slots != NULL)
		run->slots = slots;
	if (slots == NULL || slot == NULL) {
		free(slot);
		return NULL;
	}
	run->slots[run->slot_count++] = slot;
	slot->command = run->options->command;
	worker_init(&slot->worker, (unsigned)number, &diag_says);
	slot->spout.worker = &slot->worker;
	slot->account.worker = &slot->worker;
	slot->account.place = &slot->place;
	accounts_add(&run->accounts, &slot->account);
	snprintf(slot->name, sizeof(slot->name), "PAR_WORKER=%zu", number);
	slot->env[0] = slot->name;
	slot->env[1] = slot->of;
	return slot;
}

void
pool_end_input(struct run *run, struct slot *slot)
{
	worker_end_input(&slot->worker);
	place_event(&slot->place, PLACE_END_INPUT);
	slot->input_ended_at = times_work(&run->times);
}

/* The worker of slot gets no more: another one has to take what waits for it. */
static void
let_go(struct run *run, const struct slot *slot)
{
	if (run->reserved == slot)
		run->reserved = NULL;
}

int
pool_resize(struct run *run, size_t workers)
{
	size_t now = 0;

	for (size_t i = 0; i < run->slot_count; i++)
		now += place_may(&run->slots[i]->place, PLACE_COUNT);
	for (size_t i = run->slot_count; i-- > 0 && now > workers;) {
		if (!place_may(&run->slots[i]->place, PLACE_COUNT))
			continue;
		place_event(&run->slots[i]->place, PLACE_RETIRE);
		let_go(run, run->slots[i]);
		now--;
	}
	for (size_t i = 0; i < run->slot_count && now < workers; i++) {
		now += !place_may(&run->slots[i]->place, PLACE_COUNT);
		place_event(&run->slots[i]->place, PLACE_RECALL);
	}
	run->workers = workers;
	for (; now < workers; now++)
		if (pool_add(run) == NULL)
			return -1;
	return 0;
}

void
pool_renew(struct run *run)
{
	for (size_t i = 0; i < run->slot_count; i++)
		run->slots[i]->outdated = place_may(&run->slots[i]->place, PLACE_HEAR);
	run->renewing = true;
}

/* Is there a worker that goes, or has come and is not ready yet? */
static bool
changing(const struct run *run, const struct slot *slot)
{
	return (slot->outdated && !place_may(&slot->place, PLACE_GIVE)) ||
	    (run->kind == WORKER_NATIVE && slot->worker.pid != 0 &&
		slot->worker.kind == WORKER_UNKNOWN);
}

void
pool_turn(struct run *run)
{
	struct slot *next = NULL;

	if (!run->renewing)
		return;
	for (size_t i = 0; i < run->slot_count; i++) {
		struct slot *slot = run->slots[i];

		if (!place_may(&slot->place, PLACE_COUNT))
			continue;
		if (changing(run, slot))
			return;
		if (next == NULL && slot->outdated)
			next = slot;
	}
	run->renewing = next != NULL;
	if (next == NULL)
		return;
	place_event(&next->place, PLACE_LET_GO);
	let_go(run, next);
}
