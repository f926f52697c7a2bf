/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "dice.h"
#include "kernel.h"
#include "others.h"
#include "plan.h"
#include "shared.h"
#include "trace.h"
#include "world.h"

enum { MOST = 16, TIMES = 40 /* that they take some, or give some back */ };

static struct {
	struct conduit *fifo;
	struct actor actor;
	struct dice dice;
	unsigned times;
	char tokens[MOST];
	size_t count; /* of these */
} others;

/* Take some, or give some back; all at last. */
static void
act(struct actor *actor)
{
	bool last = ++others.times == TIMES;
	size_t some = (size_t)dice_from(&others.dice, 0, plan.jobs_most - 1);

	if (last || dice_one_in(&others.dice, 2)) {
		some = last || some > others.count ? others.count : some;
		others.count -= some;
		conduit_put(others.fifo, others.tokens + others.count, some);
	} else {
		others.count +=
		    conduit_take(others.fifo, others.tokens + others.count, some);
	}
	if (!last)
		world_wake(actor, dice_scale(&others.dice, 1, 300 * MS));
}

void
others_begin(void)
{
	static const char tokens[MOST] = "abcdefghijklmno";

	if (plan.jobs_most == 0)
		return;
	setenv("MAKEFLAGS", "-j9 --jobserver-auth=fifo:jobserver", 1);
	others.fifo = kernel_conduit();
	kernel_open_conduit(others.fifo, OPENING_READS);
	kernel_open_conduit(others.fifo, OPENING_WRITES);
	conduit_put(others.fifo, tokens, plan.jobs_most - 1);
	others.dice = dice_for(plan.seed, "others", shared->lives);
	others.actor = (struct actor){ .act = act, .due = NEVER };
	world_add(&others.actor);
	world_wake(&others.actor, dice_scale(&others.dice, 1, 100 * MS));
}

struct conduit *
others_fifo(void)
{
	return others.fifo;
}

/* Tokens that are there, or with them. */
static size_t
known(void)
{
	return conduit_bytes(others.fifo) + others.count;
}

void
others_check(size_t busy)
{
	bool joined = plan.jobs_most != 0 && others.fifo->writers > 1;

	if (joined && busy > 1 && busy - 1 > plan.jobs_most - 1 - known())
		fault("%zu workers are busy, with %zu tokens", busy,
		    plan.jobs_most - 1 - known());
}

void
others_end(void)
{
	char all[MOST] = "";

	if (plan.jobs_most == 0)
		return;
	if (known() != plan.jobs_most - 1)
		fault("%zu of %zu tokens are there in the end", known(),
		    (size_t)plan.jobs_most - 1);
	memcpy(all, others.tokens, others.count);
	conduit_take(others.fifo, all + others.count, MOST - others.count);
	for (size_t i = 0; i + 1 < plan.jobs_most; i++)
		if (memchr(all, 'a' + (int)i, MOST) == NULL)
			fault("token %c is not there in the end", 'a' + (int)i);
}
