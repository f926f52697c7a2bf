/* SPDX-License-Identifier: ISC */
#include "busy.h"

/*
 * Has it something to do, as far as is known?  One that is to say hello is on its way to
 * that; a plain command does not tell what it does with what it has read.
 */
static bool
is_busy(const struct busy *busy, const struct slot *slot)
{
	const struct worker *worker = &slot->worker;

	if (worker->pid == 0)
		return false;
	switch (worker->kind) {
	case WORKER_UNKNOWN:
		return worker->window.records > 0 || busy->nature->kind == WORKER_NATIVE;
	case WORKER_PLAIN:
		return worker->window.given_records > 0 &&
		    (worker->in < 0 || slot->quantum.state != QUANTUM_OPEN);
	case WORKER_BLOCK:
		return true;
	case WORKER_NATIVE:
	case WORKER_MAP:
		return worker->window.records > 0;
	}
	return false;
}

static void
see(struct busy *busy)
{
	busy->count = 0;
	for (size_t i = 0; i < busy->pool->count; i++) {
		struct slot *slot = busy->pool->slots[i];

		slot->busy = is_busy(busy, slot);
		busy->count += slot->busy;
	}
}

bool
busy_may(struct busy *busy, const struct slot *slot)
{
	struct jobserver *jobserver = busy->jobserver;

	if (!jobserver->on || slot->busy || busy->count <= jobserver->count)
		return true;
	if (busy->tokens == TOKENS_MAYBE && jobserver_take(jobserver))
		return true;
	busy->tokens = TOKENS_LACKING;
	return false;
}

/* Has the first not shown yet what the command is? */
static bool
is_early(const struct busy *busy)
{
	return busy->nature->kind == WORKER_UNKNOWN && busy->pool->living > 0;
}

bool
busy_may_start(struct busy *busy, const struct slot *slot)
{
	return !busy->jobserver->on || (!is_early(busy) && busy_may(busy, slot));
}

bool
busy_bar(const struct busy *busy)
{
	return busy->jobserver->on && (busy->tokens == TOKENS_LACKING || is_early(busy));
}

void
busy_given(struct busy *busy, struct slot *slot)
{
	busy->count += !slot->busy;
	slot->busy = true;
}

void
busy_look(struct busy *busy, bool dry)
{
	if (!busy->jobserver->on)
		return;
	busy->tokens = dry ? TOKENS_NONE : TOKENS_MAYBE;
	see(busy);
}

void
busy_give_back(struct busy *busy)
{
	if (!busy->jobserver->on)
		return;
	see(busy);
	jobserver_give_back(busy->jobserver, busy->count > 1 ? busy->count - 1 : 0);
}
