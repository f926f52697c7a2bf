/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>

#include "pool.h"

struct slot *
pool_add(struct run *run)
{
	size_t number = run->slot_count + 1;
	struct slot **slots = realloc(run->slots, number * sizeof(struct slot *));
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
	snprintf(slot->name, sizeof(slot->name), "PAR_WORKER=%zu", number);
	slot->env[0] = slot->name;
	slot->env[1] = slot->of;
	return slot;
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
		now += !run->slots[i]->retired;
	for (size_t i = run->slot_count; i-- > 0 && now > workers;) {
		if (run->slots[i]->retired)
			continue;
		run->slots[i]->retired = true;
		let_go(run, run->slots[i]);
		now--;
	}
	for (size_t i = 0; i < run->slot_count && now < workers; i++) {
		now += run->slots[i]->retired;
		run->slots[i]->retired = false;
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
		run->slots[i]->outdated = run->slots[i]->worker.pid != 0;
	run->renewing = true;
}

/* Is there a worker that goes, or has come and is not ready yet? */
static bool
changing(const struct run *run, const struct slot *slot)
{
	return slot->leaving ||
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

		if (slot->retired)
			continue;
		if (changing(run, slot))
			return;
		if (next == NULL && slot->outdated && slot->worker.pid != 0)
			next = slot;
	}
	run->renewing = next != NULL;
	if (next == NULL)
		return;
	next->leaving = true;
	let_go(run, next);
}
