/* SPDX-License-Identifier: ISC */
/*
 * capacity - how many records all workers work on at once, by what each has said.  The
 * parent supervisor gives by that, and is told again when it has changed.
 */
#ifndef PAR_RUN_CAPACITY_H
#define PAR_RUN_CAPACITY_H

#include <stdbool.h>
#include <stdint.h>

#include "nature.h"
#include "pool.h"
#include "times.h"

struct capacity {
	const struct times *times;
	const struct pool *pool;
	struct nature *nature;
	uint64_t next_at; /* clock_ms() from when it may be told of again */
	bool changed; /* since it was told of, which is to be then */
};

/* Has it changed?  Then the parent is told, though not too often. */
void capacity_report(struct capacity *capacity);

/* When that is to be called next, clock_ms(); UINT64_MAX: it need not be. */
static inline uint64_t
capacity_due(const struct capacity *capacity)
{
	return capacity->changed ? capacity->next_at : UINT64_MAX;
}

#endif
