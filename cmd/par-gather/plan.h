/* SPDX-License-Identifier: ISC */
/*
 * plan - what the command line asks of par-gather.
 */
#ifndef PAR_GATHER_PLAN_H
#define PAR_GATHER_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plan {
	uint64_t key; /* field, from 1, that records are grouped by; 0: all of it */
	bool group; /* show the values of each key */
	bool count; /* show how many values, or records, each key has */
};

/* Is there anything to do for each key, or are records just passed on? */
static inline bool
plan_groups(const struct plan *plan)
{
	return plan->group || plan->count;
}

#endif
