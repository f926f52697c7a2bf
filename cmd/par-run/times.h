/* SPDX-License-Identifier: ISC */
/*
 * times - what time it is, looked at once a turn of the loop.
 */
#ifndef PAR_RUN_TIMES_H
#define PAR_RUN_TIMES_H

#include <stdint.h>

struct times {
	uint64_t now; /* clock_ms() */
	uint64_t blocked; /* ms spent waiting for our own reader */
};

/* The time is now. */
static inline void
times_look(struct times *times, uint64_t now)
{
	times->now = now;
}

/* The time until now was our reader's, if it is no less than that, ms. */
static inline void
times_spent(struct times *times, uint64_t now, uint64_t least)
{
	if (now - times->now < least)
		return;
	times->blocked += now - times->now;
	times->now = now; /* what is given next has all of its time */
}

/* Time in which workers could work: without that spent on our reader, ms. */
static inline uint64_t
times_work(const struct times *times)
{
	return times->now - times->blocked;
}

#endif
