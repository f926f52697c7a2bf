/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "dice.h"
#include "plan.h"
#include "shared.h"
#include "shortage.h"
#include "trace.h"

static struct {
	bool on, seen, memory;
	struct dice dice;
} shortage;

void
shortage_begin(void)
{
	shortage.on = plan.shortages != 0 && shared->lives <= plan.kills + 3;
	shortage.dice = dice_for(plan.seed, "shortage", shared->lives);
}

static bool
strikes(const char *what, int error, uint64_t factor)
{
	if (!shortage.on || !dice_one_in(&shortage.dice, plan.shortages * factor))
		return false;
	trace("there are no %s left", what);
	shortage.seen = true;
	errno = error;
	return true;
}

bool
shortage_of_processes(void)
{
	return strikes("processes", EAGAIN, 1);
}

bool
shortage_of_descriptors(void)
{
	return strikes("descriptors", EMFILE, 10);
}

bool
shortage_of_memory(void)
{
	if (!strikes("bytes", ENOMEM, 500))
		return false;
	shortage.memory = true;
	return true;
}

bool
shortage_seen(void)
{
	return shortage.seen;
}

bool
shortage_memory_seen(void)
{
	return shortage.memory;
}
