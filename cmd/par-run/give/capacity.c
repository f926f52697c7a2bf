/* SPDX-License-Identifier: ISC */
#include "capacity.h"

enum { LEAST = 10 /* ms from one hello to the next */ };

/* What the worker of slot is by its own word; as the first one, if it has said none. */
static const struct hello *
hello_of(const struct capacity *capacity, const struct slot *slot)
{
	return slot->worker.kind == WORKER_NATIVE ? &slot->worker.hello
						  : &capacity->nature->hello;
}

/* So many records of all workers together, where each has a window the most of them. */
static void
count(const struct capacity *capacity, uint64_t *jobs, uint64_t *window)
{
	const struct pool *pool = capacity->pool;
	bool bounded = true;

	*jobs = *window = 0;
	for (size_t i = 0; i < pool->count; i++) {
		const struct hello *hello = hello_of(capacity, pool->slots[i]);

		if (!place_may(&pool->slots[i]->place, PLACE_COUNT))
			continue;
		*jobs += hello->jobs;
		*window += hello->window;
		bounded = bounded && hello->window != 0;
	}
	if (!bounded)
		*window = 0;
}

void
capacity_report(struct capacity *capacity)
{
	struct nature *nature = capacity->nature;
	uint64_t jobs, window;

	if (nature->parent->fd < 0 || nature->kind == WORKER_UNKNOWN)
		return;
	count(capacity, &jobs, &window);
	/* With none left it is about to end. */
	capacity->changed =
	    jobs > 0 && (jobs != nature->ours.jobs || window != nature->ours.window);
	if (!capacity->changed || capacity->times->now < capacity->next_at)
		return;
	nature->ours.jobs = jobs;
	nature->ours.window = window;
	capacity->changed = false;
	capacity->next_at = capacity->times->now + LEAST;
	nature_greet(nature, &nature->ours);
}
