/* SPDX-License-Identifier: ISC */
/*
 * backoff - how long to wait before the next try: twice as long each time, up to a limit.
 *
 * Pure: what has failed, and what is left to chance, are arguments.
 */
#ifndef PAR_BACKOFF_H
#define PAR_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds.  A first of 0 is no wait at all, one beyond longest is longest. */
struct backoff {
	uint64_t first, longest;
	bool spread; /* half of it is left to chance, so that not all come at once */
};

/*
 * After so many failures in a row, ms: none, first, twice that, and so on up to longest;
 * of that at least half, as chance, any number, has it, where it is to be spread.
 */
uint64_t backoff_wait(const struct backoff *backoff, uint64_t failures, uint64_t chance);

/* How long to wait, ms, after having waited for last; 0: not at all. */
uint64_t backoff_next(const struct backoff *backoff, uint64_t last);

#endif
