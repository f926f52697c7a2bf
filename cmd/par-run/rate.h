/* SPDX-License-Identifier: ISC */
/*
 * rate - at most so many in a time, evenly spread.
 *
 * Pure: times, ms of any clock that only goes forward, are arguments.
 */
#ifndef PAR_RUN_RATE_H
#define PAR_RUN_RATE_H

#include <stdbool.h>
#include <stdint.h>

/* All zero: no limit. */
struct rate {
	uint64_t count, within; /* so many in so many ms */
};

/* All zero: none was there yet. */
struct rate_clock {
	uint64_t next; /* not before; */
	uint64_t over; /* and what the time of one leaves, in parts of the count */
};

/* Read N/s, N/m or N/h, which is changed.  0, or -1: it is none. */
int rate_read(struct rate *rate, char *text);

/* May one be now? */
static inline bool
rate_may(const struct rate *rate, const struct rate_clock *clock, uint64_t now)
{
	return rate->count == 0 || now >= clock->next;
}

/* One more is, at now. */
void rate_taken(const struct rate *rate, struct rate_clock *clock, uint64_t now);

#endif
