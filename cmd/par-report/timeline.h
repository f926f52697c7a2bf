/* SPDX-License-Identifier: ISC */
/*
 * timeline - what happened when, in a bounded number of equal steps, which become twice
 * as long whenever there are too many.
 */
#ifndef PAR_REPORT_TIMELINE_H
#define PAR_REPORT_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

enum { TIMELINE_STEPS = 512 };

struct timeline_step {
	uint64_t done, failed; /* records that ended in it */
	uint64_t busy; /* microseconds of work, of all workers */
};

struct timeline {
	uint64_t width; /* microseconds of a step: a millisecond, or twice that, ... */
	uint64_t first; /* step 0 begins at first * width, since 1970 */
	size_t count;
	struct timeline_step steps[TIMELINE_STEPS];
};

/* All zero, it is empty. */

/* A record ended at that time, microseconds. */
void timeline_end(struct timeline *timeline, uint64_t at, uint64_t done, uint64_t failed);

/* Somebody worked from start to end. */
void timeline_work(struct timeline *timeline, uint64_t start, uint64_t end);

#endif
