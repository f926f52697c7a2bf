/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "grow.h"
#include "kin.h"
#include "procs.h"

enum { MOST = 1 << 22 }; /* processes: no system has more */

/* A process: its number may be another one's later, but not with the same birth. */
struct member {
	pid_t pid, parent;
	uint64_t born; /* clock ticks since the system began */
};

/* Add to kin; without memory it is not known, and what it leaves is left. */
static void
add(struct kin *kin, const struct member *member)
{
	struct member *members =
	    grow(kin->members, &kin->room, kin->count + 1, sizeof(*members), MOST);

	if (members == NULL)
		return;
	kin->members = members;
	members[kin->count++] = *member;
}

static bool
take(void *context, const struct procs_one *process)
{
	add(context, &(struct member){ process->pid, process->parent, process->born });
	return true;
}

static bool
is_there(const struct member *member)
{
	struct procs_one now;

	return procs_look(member->pid, &now) && now.born == member->born;
}

static bool
is_known(const struct kin *kin, const struct member *member)
{
	for (size_t i = 0; i < kin->count; i++)
		if (kin->members[i].pid == member->pid &&
		    kin->members[i].born == member->born)
			return true;
	return false;
}

/* Is the parent of member a leader, or of its kin? */
static bool
belongs(const struct kin *kin, const pid_t *leaders, size_t count,
    const struct member *member)
{
	for (size_t i = 0; i < count; i++)
		if (leaders[i] == member->parent)
			return true;
	for (size_t i = 0; i < kin->count; i++)
		if (kin->members[i].pid == member->parent &&
		    kin->members[i].born <= member->born)
			return true;
	return false;
}

/* Remember who descends from the leaders, and from those that did before. */
static void
look(struct kin *kin, const pid_t *leaders, size_t count)
{
	struct kin all = { 0 };
	size_t before;

	procs_each(take, &all); /* where nothing is known there are none */
	do {
		before = kin->count;
		for (size_t i = 0; i < all.count; i++)
			if (belongs(kin, leaders, count, &all.members[i]) &&
			    !is_known(kin, &all.members[i]))
				add(kin, &all.members[i]);
	} while (kin->count > before);
	kin_free(&all);
}

static void
signal_members(const struct kin *kin, int number)
{
	for (size_t i = 0; i < kin->count; i++)
		if (is_there(&kin->members[i]))
			kill(kin->members[i].pid, number);
}

/* First all are stopped, so that none starts others while we look who there is. */
static void
hold_still(struct kin *kin, const pid_t *leaders, size_t count)
{
	size_t before;

	for (size_t i = 0; i < count; i++)
		kill(leaders[i], SIGSTOP);
	look(kin, leaders, count);
	do {
		before = kin->count;
		signal_members(kin, SIGSTOP);
		look(kin, leaders, count);
	} while (kin->count > before);
}

void
kin_signal(struct kin *kin, const pid_t *leaders, size_t count, int number)
{
	if (number == SIGKILL)
		hold_still(kin, leaders, count);
	else
		look(kin, leaders, count);
	for (size_t i = 0; i < count; i++) {
		kill(-leaders[i], number);
		if (getpgid(leaders[i]) != leaders[i])
			kill(leaders[i], number);
	}
	if (number == SIGKILL)
		signal_members(kin, SIGKILL);
}

void
kin_free(struct kin *kin)
{
	free(kin->members);
	*kin = (struct kin){ 0 };
}
