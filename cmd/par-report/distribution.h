/* SPDX-License-Identifier: ISC */
/*
 * distribution - how many records took how long, in steps that can be drawn: equal ones
 * where the longest took no more than some ten times as long as the shortest, else five
 * for each power of ten.
 */
#ifndef PAR_REPORT_DISTRIBUTION_H
#define PAR_REPORT_DISTRIBUTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "axis.h"
#include "quantiles.h"

enum { DISTRIBUTION_STEPS = 100 };

struct distribution {
	uint64_t from[DISTRIBUTION_STEPS + 1]; /* step i is from there up to i + 1 */
	uint64_t counts[DISTRIBUTION_STEPS];
	size_t count;
	uint64_t most; /* of a step */
	struct axis x; /* what is where; each step is as wide as another */
};

void distribution_make(struct distribution *of, const struct quantiles *quantiles);

/* Where a time is on the axis, 0 to 1. */
double distribution_at(const struct distribution *of, uint64_t micros);

#endif
