/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "dice.h"
#include "plan.h"
#include "shared.h"
#include "shortage.h"
#include "trace.h"

/* In place of what lib has, see aside.h there. */
struct aside_limits {
	size_t buffered, retained, input;
};
extern struct aside_limits aside_limits;
struct aside_limits aside_limits;

static struct {
	bool on, seen, memory;
	struct dice dice;
} shortage;

/* What is left on the disk, bytes; or it is full, for so many calls. */
static struct {
	bool on, seen;
	struct dice dice;
	uint64_t left, refusals;
} disk;

enum { MOST_REFUSALS = 40 };

/* Somebody makes room. */
static void
make_room(void)
{
	disk.left = dice_scale(&disk.dice, 1, plan.full);
	disk.refusals = dice_scale(&disk.dice, 1, MOST_REFUSALS);
}

void
shortage_begin(void)
{
	shortage.on = plan.shortages != 0 && shared->lives <= plan.kills + 3;
	shortage.dice = dice_for(plan.seed, "shortage", shared->lives);
	disk.on = plan.full != 0 && shared->lives <= plan.kills + 3;
	disk.dice = dice_for(plan.seed, "disk is full", shared->lives);
	if (disk.on)
		make_room();
	if (plan.in_memory == 0)
		aside_limits = (struct aside_limits){ 16 << 20, 64 << 20, 64 << 20 };
	else
		aside_limits = (struct aside_limits){ plan.in_memory, plan.in_memory,
			plan.in_memory };
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
	return strikes("descriptors", EMFILE, 3);
}

bool
shortage_of_memory(void)
{
	if (!strikes("bytes", ENOMEM, 500))
		return false;
	shortage.memory = true;
	return true;
}

/* The disk has no room, for now. */
static void
refuse(void)
{
	trace("the disk is full");
	disk.seen = true;
	if (--disk.refusals == 0)
		make_room();
	errno = ENOSPC;
}

size_t
shortage_of_room(size_t len)
{
	if (!disk.on || len == 0)
		return len;
	if (disk.left == 0) {
		refuse();
		return 0;
	}
	if (len > disk.left)
		len = (size_t)disk.left;
	disk.left -= len;
	return len;
}

bool
shortage_of_whole(size_t len)
{
	if (!disk.on)
		return false;
	if (disk.left == 0 || disk.left < len) {
		refuse();
		return true;
	}
	disk.left -= len;
	return false;
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

bool
shortage_room_seen(void)
{
	return disk.seen;
}
