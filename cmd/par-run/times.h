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

/* Time in which workers could work: without that spent on our reader, ms. */
static inline uint64_t
times_work(const struct times *times)
{
	return times->now - times->blocked;
}

#endif
