/* SPDX-License-Identifier: ISC */
/*
 * budget - what one run of a crawl may use before it hands out no more.
 */
#ifndef PAR_FRONTIER_BUDGET_H
#define PAR_FRONTIER_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

/* Pages, bytes of output, milliseconds; 0: as many as there are. */
struct budget {
	uint64_t pages, bytes, time;
};

/* Read "pages=10000,bytes=1G,time=2h", or some of these, into a struct budget; NULL, or
 * why not. */
const char *budget_read(void *target, const char *text);

/* The name of what is used up, or NULL. */
const char *budget_spent(const struct budget *budget, const struct budget *used);

/* Is its time up, so many milliseconds after the beginning? */
static inline bool
budget_over(const struct budget *budget, uint64_t time)
{
	return budget->time > 0 && time >= budget->time;
}

#endif
