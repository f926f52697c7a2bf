/* SPDX-License-Identifier: ISC */
/*
 * spread - which outlet a record goes to.
 */
#ifndef PAR_SPLIT_SPREAD_H
#define PAR_SPLIT_SPREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "outlets.h"
#include "records.h"
#include "split_plan.h"

/* All zero but for plan and outlets at first; then only for these. */
struct spread {
	const struct split_plan *plan;
	struct outlets *outlets;
	size_t
	    next; /* the outlet that comes after the last one that was given something */
	uint64_t file; /* SPLIT_FILL: number of the next file, */
	uint64_t room; /* and what the one at work still takes, lines or bytes */
	char *file_name;
	bool failed; /* a record without a key was named */
};

/* Give away as many of records as outlets can take now, and take these from them. */
void spread_records(struct spread *spread, struct records *records);

void spread_close(struct spread *spread);

#endif
