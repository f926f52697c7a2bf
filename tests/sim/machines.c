/* SPDX-License-Identifier: ISC */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machines.h"
#include "plan.h"
#include "shortage.h"
#include "trace.h"

enum { HOSTS = 5, TURNS = 2 }; /* until what was read is obeyed for sure */

/* Of host number i, whose name is a letter. */
static struct {
	unsigned workers[HOSTS]; /* when all commands are obeyed; 0: it is not used */
	unsigned may[HOSTS]; /* as machines_may() */
	unsigned turns; /* until they are; 0: they are */
	bool read; /* all of them */
} machines;

const char *
machines_option(void)
{
	static const char *const lists[] = { "--host=a:2", "--host=a:1,b:2",
		"--host=a:2,b:1,c:3" };

	return lists[plan.hosts > 3 ? 2 : plan.hosts - 1];
}

static unsigned
bit(unsigned workers)
{
	return workers == 0 ? 0 : 1u << workers % 32;
}

/* Use the hosts of a list, too: name, colon, number, and a comma between them. */
static void
add(const char *list)
{
	for (; *list >= 'a' && *list < 'a' + HOSTS; list += strcspn(list, ",\n") + 1) {
		unsigned which = (unsigned)(*list - 'a');

		machines.workers[which] =
		    list[1] == ':' ? (unsigned)atoi(list + 2) : (unsigned)plan.workers;
		if (list[strcspn(list, ",\n")] != ',')
			break;
	}
}

static void
drop(unsigned which)
{
	unsigned left = 0;

	for (size_t i = 0; i < HOSTS; i++)
		left += machines.workers[i] != 0;
	if (left > 1)
		machines.workers[which] = 0;
}

void
machines_begin(void)
{
	memset(&machines, 0, sizeof(machines));
	if (plan.hosts == 0)
		return;
	add(strchr(machines_option(), '=') + 1);
	for (size_t i = 0; i < HOSTS; i++)
		machines.may[i] = bit(machines.workers[i]);
}

const char *
machines_command(struct dice *dice)
{
	static const char *const all[] = { "drop a\n", "drop b\n", "drop nobody\n",
		"host d:2\n", "host a:3,e:1\n", "host b\n", "workers b:1,c:2\n",
		"workers a:2\n", "workers 3\n", "host -x\n", "workers d:1,,e:2\n" };
	const char *words = all[dice_from(dice, 0, sizeof(all) / sizeof(all[0]) - 1)];

	if (strstr(words, ",,") != NULL || strstr(words, " 3") != NULL)
		return words; /* nothing of a list that is wrong */
	if (strncmp(words, "drop ", 5) == 0 && words[6] == '\n')
		drop((unsigned)(words[5] - 'a'));
	if (strncmp(words, "workers ", 8) == 0)
		memset(machines.workers, 0, sizeof(machines.workers));
	if (strncmp(words, "workers ", 8) == 0)
		add(words + 8);
	if (strncmp(words, "host ", 5) == 0)
		add(words + 5);
	for (size_t i = 0; i < HOSTS; i++)
		machines.may[i] |= bit(machines.workers[i]);
	machines.turns = TURNS;
	machines.read = false;
	return words;
}

void
machines_read(void)
{
	machines.read = true;
}

void
machines_turn(void)
{
	if (machines.turns == 0 || !machines.read || --machines.turns > 0)
		return;
	for (size_t i = 0; i < HOSTS; i++)
		machines.may[i] = bit(machines.workers[i]);
}

unsigned
machines_may(const char *name)
{
	if (shortage_memory_seen()) /* who knows which commands could be obeyed? */
		return UINT_MAX;
	return name[0] < 'a' || name[0] >= 'a' + HOSTS || name[1] != '\0'
	    ? 0
	    : machines.may[name[0] - 'a'];
}

bool
machines_dropped(const char *name)
{
	return machines_may(name) == 0;
}
