/* SPDX-License-Identifier: ISC */
#include "wants.h"

/*
 * Does one have a record that is to show what it is?  Then the others wait for theirs,
 * however long: a stage that makes blocks of N has its first one whole.
 */
static bool
probing(const struct wants *wants)
{
	const struct pool *pool = wants->pool;

	for (size_t i = 0; wants->nature->kind == WORKER_UNKNOWN && i < pool->count;
	     i++) {
		const struct worker *worker = &pool->slots[i]->worker;

		if (worker->pid != 0 && worker->kind == WORKER_UNKNOWN &&
		    worker->window.head != NULL)
			return true;
	}
	return false;
}

/* Is there a worker that is known to tell what becomes of records? */
static bool
any_native(const struct wants *wants)
{
	for (size_t i = 0; i < wants->pool->count; i++)
		if (wants->pool->slots[i]->worker.kind == WORKER_NATIVE &&
		    wants->pool->slots[i]->worker.pid != 0)
			return true;
	return false;
}

uint64_t
wants_unit(const struct wants *wants, const struct slot *slot)
{
	const struct allowance *allowance = wants->allowance;

	if (slot->worker.kind != WORKER_UNKNOWN)
		return allowance_unit(&slot->worker);
	if (wants->nature->kind != WORKER_NATIVE || keys_on(allowance->keys) ||
	    allowance->supply->requeued.head != NULL)
		return 1;
	return allowance_block(&wants->nature->hello);
}

bool
wants_some(const struct wants *wants, const struct slot *slot)
{
	const struct worker *worker = &slot->worker;
	const struct window *window = &worker->window;

	if (wants->nature->kind == WORKER_BLOCK)
		return slot->place.state == PLACE_EMPTY && pool_may_start(wants->pool);
	if (!place_may(&slot->place, PLACE_GIVE) || worker->in < 0 ||
	    worker->stdin_closed)
		return false;
	/* It has a copy, and that alone, or is too slow: see doubles.h, speculate.h. */
	if (slot->doubles.of != NULL || window->gone_count > 0)
		return false;
	/* Others have said what it is: it gets the rest of the block that it began. */
	if (worker->kind == WORKER_UNKNOWN &&
	    allowance_part(wants->allowance, slot, wants_unit(wants, slot)) > 0)
		return true;
	if (worker_hungry(worker))
		return false;
	if (window->head != NULL && window->head->batch->alone)
		return false;
	switch (worker->kind) {
	case WORKER_UNKNOWN: /* one record shows whether it reads before it says hello */
		if (worker->framed)
			return worker->unsure && window->records == 0 &&
			    !any_native(wants) && !probing(wants);
		return wants->nature->kind != WORKER_NATIVE && window->records == 0 &&
		    !probing(wants);
	case WORKER_NATIVE:
	case WORKER_MAP:
		return allowance_has_room(wants->allowance, slot);
	case WORKER_BLOCK: /* see above */
		return false;
	case WORKER_PLAIN:
		return slot->quantum.state == QUANTUM_OPEN &&
		    !allowance_spent(wants->allowance, slot);
	}
	return false;
}
