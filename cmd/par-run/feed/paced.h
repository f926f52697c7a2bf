/* SPDX-License-Identifier: ISC */
/*
 * paced - records that wait since so many of their key may be begun in a time only.
 *
 * A key is remembered while it may not begin another one, or some of it wait.  What waits
 * is copied out of the input, so that it keeps nothing else in memory.  Pure: times, ms
 * of any clock that only goes forward, are arguments.
 */
#ifndef PAR_RUN_PACED_H
#define PAR_RUN_PACED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch.h"
#include "rate.h"

/* A key, by its hash: those that have the same one are one. */
struct paced_key {
	uint64_t hash;
	struct rate_clock clock;
	struct batch_queue waiting;
	struct paced_key *chain; /* the next of the same bucket */
	size_t place; /* in the heap */
};

/* All zero but for rate, which stays the caller's: there is none. */
struct paced {
	const struct rate *rate; /* of each key */
	struct paced_key **heap; /* that which may begin one first on top */
	size_t count, room;
	struct paced_key **buckets;
	size_t bucket_count; /* a power of two, or 0 */
	uint64_t records; /* that wait, */
	size_t bytes; /* and what they take */
};

/* May one more record wait, of a key that may be new? */
bool paced_room(const struct paced *paced);

/*
 * May a record of this key begin now, those that wait being before it, unless it is the
 * first?  Then it is counted: 1, or 0, or -1 without memory.
 */
int paced_begin(struct paced *paced, uint64_t hash, uint64_t now, bool first);

/* The batch waits for its key.  Takes it.  0, or -1 without memory, and the batch is the
 * caller's. */
int paced_wait(struct paced *paced, uint64_t hash, struct batch *batch);

/* What waits and may begin now, which is counted, the caller's; NULL: nothing does. */
struct batch *paced_next(struct paced *paced, uint64_t now);

/* When a record of this key may begin; 0: at any time. */
uint64_t paced_at(const struct paced *paced, uint64_t hash);

/* When there is more to begin, or room again; UINT64_MAX: no time will tell. */
uint64_t paced_due(const struct paced *paced, uint64_t now);

/* The rate is another one now. */
void paced_change(struct paced *paced, uint64_t now);

void paced_close(struct paced *paced);

#endif
