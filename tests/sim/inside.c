/* SPDX-License-Identifier: ISC */
#include "inside.h"
#include "checkpoint.h"
#include "host.h"
#include "machines.h"
#include "others.h"
#include "plan.h"
#include "trace.h"

/* Records that are with the worker of slot, or wait for it. */
static uint64_t
with(const struct slot *slot)
{
	const struct flight *head = slot->worker.window.head;
	uint64_t count = slot->worker.window.records;
	bool there = place_may(&slot->place, PLACE_HEAR);

	if (there != (slot->worker.pid != 0))
		fault("a place is %s, and its worker is %s", there ? "taken" : "empty",
		    there ? "not there" : "there");
	if (!there && count > 0)
		fault("%llu records are with nobody", (unsigned long long)count);
	/* How long its worker has been at work is counted from there. */
	if (head != NULL && head->done == head->batch->count)
		fault("worker %u is at work with what is done", slot->worker.number);
	if (slot->doubles.of != NULL) /* a copy of what another has */
		count = 0;
	return count + lane_waiting(&slot->lane);
}

/* One that was dropped is used no more. */
static void
check_host(const struct slot *slot)
{
	const struct host *host = slot->link.host;

	if (host != NULL && machines_dropped(host->name) &&
	    place_may(&slot->place, PLACE_COUNT))
		fault("host %s was dropped, and is still used", host->name);
}

/* Has it records, or, if it is plain, some that it has not read? */
static bool
is_at_work(const struct slot *slot)
{
	const struct worker *worker = &slot->worker;

	if (worker->kind == WORKER_PLAIN)
		return worker->in >= 0 && slot->quantum.state != QUANTUM_OPEN;
	return worker->pid != 0 &&
	    (worker->window.records > 0 || worker->kind == WORKER_BLOCK);
}

/* Each record that was handed out is done or given up, in flight, or waits. */
static void
check(const struct checkpoint *known)
{
	const struct pool *pool = known->supply->pool;
	uint64_t count = known->tally->finished + known->supply->requeued.records +
	    known->supply->paced->records;
	size_t living = 0, busy = 0;

	if (ending_near(known->ending))
		return;
	for (size_t i = 0; i < pool->count; i++) {
		count += with(pool->slots[i]);
		living += pool->slots[i]->worker.pid != 0;
		busy += is_at_work(pool->slots[i]);
		check_host(pool->slots[i]);
	}
	if (plan.kind != STAGE_PLAIN && count != known->intake->next)
		fault("%llu records were handed out, and %llu are somewhere",
		    (unsigned long long)known->intake->next, (unsigned long long)count);
	others_check(busy);
	if (living != pool->living)
		fault("%zu workers are said to live, and %zu do", pool->living, living);
	if (known->output->in_order && known->output->order.next > known->intake->next)
		fault("it is the turn of record %llu, and %llu were handed out",
		    (unsigned long long)known->output->order.next,
		    (unsigned long long)known->intake->next);
}

void
__wrap_checkpoint_turn(struct checkpoint *known)
{
	check(known);
	__real_checkpoint_turn(known);
}
