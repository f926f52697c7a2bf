/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "check.h"
#include "grow.h"
#include "memory.h"

struct thing {
	uint64_t value;
	char rest[4];
};

/* Doubled as long as the limit lets it, and then exactly up to that. */
static void
limits(void)
{
	static const size_t rooms[] = { 1, 2, 4, 4, 8, 8, 8, 8, 11, 11, 11 };
	struct thing *things = NULL;
	size_t room = 0;

	for (size_t i = 0; i < COUNT(rooms); i++) {
		check_at(i);
		things = grow(things, &room, i + 1, sizeof(*things), 11);
		check(things != NULL);
		check_is(room, rooms[i]);
		things[i].value = i;
	}
	errno = 0;
	check(grow(things, &room, 12, sizeof(*things), 11) == NULL);
	check_is(errno, EMSGSIZE);
	check_is(room, 11);
	for (size_t i = 0; i < COUNT(rooms); i++)
		check_is(things[i].value, i);
	free(things);
}

/* Much at once is had at once; what no memory can be is not even asked for. */
static void
edges(void)
{
	struct thing *things = NULL;
	size_t room = 0;

	things = grow(NULL, &room, 1000, sizeof(*things), SIZE_MAX);
	check(things != NULL);
	check_is(room, 1000);
	check(grow(things, &room, 1000, sizeof(*things), SIZE_MAX) == things);
	check(grow(things, &room, SIZE_MAX, sizeof(*things), SIZE_MAX) == NULL);
	check_is(errno, EMSGSIZE);
	check(grow(things, &room, SIZE_MAX / sizeof(*things) + 1, sizeof(*things),
		  SIZE_MAX) == NULL);
	check_is(errno, EMSGSIZE);
	free(things);
	room = 0;
	things = grow(NULL, &room, 0, sizeof(*things), 5);
	check(things != NULL);
	free(things);
}

static void
starved(void)
{
	struct thing *things = NULL, *more;
	size_t room = 0, count = 0;

	for (; count < 20; count++) {
		more = grow(things, &room, count + 1, sizeof(*things), 100);
		if (more == NULL)
			break;
		things = more;
		things[count].value = count;
	}
	check((count < 20) == memory_failed());
	if (count < 20)
		check_is(errno, ENOMEM);
	check(room >= count);
	for (size_t i = 0; i < count; i++)
		check_is(things[i].value, i);
	free(things);
}

static void
without_memory(void)
{
	memory_torment(starved);
}

TESTS("grow", { "keeps its limit", limits }, { "knows the edges", edges },
    { "tells of memory", without_memory })
