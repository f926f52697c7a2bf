/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>

#include "diag.h"
#include "grow.h"
#include "pool.h"

struct slot *
pool_add(struct pool *pool)
{
	size_t number = pool->count + 1;
	struct slot **slots =
	    grow(pool->slots, &pool->room, number, sizeof(struct slot *), UINT32_MAX);
	struct slot *slot = calloc(1, sizeof(*slot));

	if (slots != NULL)
		pool->slots = slots;
	if (slots == NULL || slot == NULL) {
		free(slot);
		return NULL;
	}
	pool->slots[pool->count++] = slot;
	worker_init(&slot->worker, (unsigned)number, &diag_says);
	slot->spout.worker = &slot->worker;
	slot->account.worker = &slot->worker;
	slot->account.place = &slot->place;
	accounts_add(pool->accounts, &slot->account);
	snprintf(slot->name, sizeof(slot->name), "PAR_WORKER=%zu", number);
	slot->env[0] = slot->name;
	slot->env[1] = slot->of;
	per_worker_env(&pool->options->per_worker, number, slot->env + 2);
	return slot;
}

void
pool_started(struct pool *pool, struct slot *slot)
{
	enum worker_kind kind = slot->worker.kind;

	pool->living++;
	admission_started(pool->admission, pool->times->now);
	place_event(&slot->place, PLACE_START);
	if (kind != WORKER_UNKNOWN)
		place_event(
		    &slot->place, kind == WORKER_PLAIN ? PLACE_PLAIN : PLACE_KNOWN);
	slot_begin(slot, pool->times);
}

void
pool_ended(struct pool *pool, struct slot *slot, enum place_event gone)
{
	pool->living--;
	admission_ended(pool->admission, slot->memory);
	slot->memory = 0;
	place_event(&slot->place, gone);
}

void
pool_end_input(const struct pool *pool, struct slot *slot)
{
	worker_end_input(&slot->worker);
	place_event(&slot->place, PLACE_END_INPUT);
	deadline_end_input(&slot->deadline, times_work(pool->times));
}

int
pool_resize(struct pool *pool, size_t workers)
{
	size_t now = 0;

	for (size_t i = 0; i < pool->count; i++)
		now += place_may(&pool->slots[i]->place, PLACE_COUNT);
	for (size_t i = pool->count; i-- > 0 && now > workers;) {
		if (!place_may(&pool->slots[i]->place, PLACE_COUNT))
			continue;
		place_event(&pool->slots[i]->place, PLACE_RETIRE);
		now--;
	}
	for (size_t i = 0; i < pool->count && now < workers; i++) {
		now += !place_may(&pool->slots[i]->place, PLACE_COUNT);
		place_event(&pool->slots[i]->place, PLACE_RECALL);
	}
	pool->workers = workers;
	for (; now < workers; now++)
		if (pool_add(pool) == NULL)
			return -1;
	return 0;
}

void
pool_renew(struct pool *pool)
{
	for (size_t i = 0; i < pool->count; i++)
		pool->slots[i]->outdated = place_may(&pool->slots[i]->place, PLACE_HEAR);
	pool->renewing = true;
}

/* Is there a worker that goes, or has come and is not ready yet? */
static bool
changing(const struct slot *slot, bool native)
{
	return (slot->outdated && !place_may(&slot->place, PLACE_GIVE)) ||
	    (native && slot->worker.pid != 0 && slot->worker.kind == WORKER_UNKNOWN);
}

void
pool_turn(struct pool *pool, bool native)
{
	struct slot *next = NULL;

	if (!pool->renewing)
		return;
	for (size_t i = 0; i < pool->count; i++) {
		struct slot *slot = pool->slots[i];

		if (!place_may(&slot->place, PLACE_COUNT))
			continue;
		if (changing(slot, native))
			return;
		if (next == NULL && slot->outdated)
			next = slot;
	}
	pool->renewing = next != NULL;
	if (next == NULL)
		return;
	place_event(&next->place, PLACE_LET_GO);
}

size_t
pool_in_flight(const struct pool *pool)
{
	size_t sum = 0;

	for (size_t i = 0; i < pool->count; i++)
		sum += pool->slots[i]->worker.window.bytes;
	return sum;
}

void
pool_close(struct pool *pool)
{
	for (size_t i = 0; i < pool->count; i++) {
		struct slot *slot = pool->slots[i];

		window_clear(&slot->worker.window);
		worker_close(&slot->worker);
		worker_free(&slot->worker);
		lane_clear(&slot->lane);
		bytes_free(&slot->voice.tag);
		result_files_close(&slot->files);
		bytes_free(&slot->text);
		free(slot);
	}
	free(pool->slots);
}
