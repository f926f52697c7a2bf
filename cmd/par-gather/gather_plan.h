/* SPDX-License-Identifier: ISC */
/*
 * gather_plan - what the command line asks of par-gather.
 */
#ifndef PAR_GATHER_GATHER_PLAN_H
#define PAR_GATHER_GATHER_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PLAN_COLUMNS = 64 }; /* most that may be asked for */

enum column_kind { COLUMN_COUNT, COLUMN_SUM, COLUMN_MIN, COLUMN_MAX, COLUMN_MEAN };

/* A number to be shown for each key. */
struct column {
	enum column_kind kind;
	uint64_t field; /* from 1; unused for a count */
};

struct gather_plan {
	uint64_t key; /* field, from 1, that records are grouped by; 0: all of it */
	bool key_given;
	bool group; /* show the values of each key, or count them */
	struct column columns[PLAN_COLUMNS]; /* in the order asked */
	size_t columns_count;
	bool numbers_only; /* records without them are passed over, and not named */
	uint64_t first; /* most values of a key; 0: all */
	uint64_t top; /* most keys, by the first column; 0: all */
	const char *join_keys; /* path of keys to be shown in any case, or NULL */
	bool json;
	bool merge; /* inputs are sorted, and so is the output */
	bool numeric, reverse; /* how they are sorted */
	bool progress; /* it is told how far it is */
	bool follow; /* a FIFO whose writers left is opened again */
	uint64_t wait_ms; /* for the first writer of a FIFO; 0: for ever */
	uint64_t memory; /* bytes, for keys and their values */
	uint64_t max_record; /* bytes */
	const char *output; /* path, or NULL: standard output */
};

/* Is there anything to do for each key, or are records just passed on? */
static inline bool
gather_plan_groups(const struct gather_plan *plan)
{
	return plan->group || plan->columns_count > 0;
}

/* Are the values of each key wanted, not only numbers? */
static inline bool
gather_plan_values(const struct gather_plan *plan)
{
	return plan->group && plan->columns_count == 0;
}

#endif
