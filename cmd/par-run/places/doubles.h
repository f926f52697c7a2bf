/* SPDX-License-Identifier: ISC */
/*
 * doubles - which records of one worker another one has, too: see speculate.h.
 */
#ifndef PAR_RUN_DOUBLES_H
#define PAR_RUN_DOUBLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DOUBLES_MOST = 16 /* as many as the window may let go of */ };

struct slot;

struct doubled {
	uint64_t index; /* of the record, or the first of its block, with the worker */
	struct slot *copy; /* who has it, too; NULL: it came to nothing there */
	uint64_t since; /* then: when that was, work time */
	uint64_t copies; /* that were made of it */
};

/* All zero for one that has nothing that others have. */
struct doubles {
	struct doubled some[DOUBLES_MOST];
	unsigned count;
	struct slot *of; /* all that the worker has is a copy of what this one has, */
	uint64_t index; /* by this index there; NULL: it is not */
};

/* The one of that index, or NULL. */
static inline struct doubled *
doubles_find(struct doubles *doubles, uint64_t index)
{
	for (unsigned i = 0; i < doubles->count; i++)
		if (doubles->some[i].index == index)
			return &doubles->some[i];
	return NULL;
}

/* Another one has it, too, or had; so many copies more were made.  There is room for it.
 */
static inline void
doubles_add(struct doubles *doubles, uint64_t index, struct slot *copy, uint64_t copies)
{
	struct doubled *one = doubles_find(doubles, index);

	if (one == NULL) {
		one = &doubles->some[doubles->count++];
		*one = (struct doubled){ .index = index };
	}
	one->copy = copy;
	one->copies += copies;
}

static inline void
doubles_remove(struct doubles *doubles, struct doubled *one)
{
	*one = doubles->some[--doubles->count];
}

/* The copy of it is no more, since now. */
static inline void
doubles_alone(struct doubled *one, uint64_t now)
{
	one->copy = NULL;
	one->since = now;
}

/* The worker's records are a copy of those of another; NULL: they are not any more. */
static inline void
doubles_of(struct doubles *doubles, struct slot *of, uint64_t index)
{
	doubles->of = of;
	doubles->index = index;
}

/* A worker was started. */
static inline void
doubles_begin(struct doubles *doubles)
{
	*doubles = (struct doubles){ .count = 0 };
}

#endif
