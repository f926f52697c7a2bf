/* SPDX-License-Identifier: ISC */
/*
 * miss - the records that were not found: on their way through the command, or
 * done and not yet in the store.  Each is there once, however often it is asked
 * for.
 */
#ifndef PAR_CACHE_MISS_H
#define PAR_CACHE_MISS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch.h"
#include "store.h"

/* One more place in our input at which the record stands. */
struct waiter {
	struct waiter *next;
	uint64_t number;
};

struct miss {
	struct stored saved; /* its output is NULL while it is not done; first in here */
	struct miss *chain; /* the next of the same bucket */
	struct block *block; /* holds the record */
	struct waiter waiting; /* the first one, and so on */
};

struct misses {
	struct miss **buckets;
	size_t bucket_count, count; /* buckets: a power of two */
	struct miss **ring; /* by the number in the command's input */
	size_t ring_size; /* a power of two */
	uint64_t oldest, next; /* numbers in the ring */
	struct stored *done; /* and not yet stored */
	size_t done_count, done_bytes;
};

/* 0, or -1 without memory. */
int misses_open(struct misses *misses);
void misses_close(struct misses *misses);

/* The one of that record, or NULL. */
struct miss *misses_find(const struct misses *misses, const struct lookup *lookup);

/*
 * A new one, next in the command's input.  The lookup's record must lie in block.
 * NULL without memory.
 */
struct miss *
misses_add(struct misses *misses, const struct lookup *lookup, struct block *block);

/* Another place asks for it.  0, or -1 without memory. */
int miss_join(struct miss *miss, uint64_t number);

/* The one with that number in the command's input, if it is not done. */
struct miss *misses_numbered(const struct misses *misses, uint64_t number);

/* The miss of that number is done with this output, which is copied, and waits to be
 * stored. */
int misses_done(
    struct misses *misses, uint64_t number, const char *output, size_t output_len);

/* The miss of that number is over without an output to be stored. */
void misses_drop(struct misses *misses, uint64_t number);

/* What is done was stored: let go of it. */
void misses_stored(struct misses *misses);

/* How many are on their way. */
uint64_t misses_waiting(const struct misses *misses);

#endif
