/* SPDX-License-Identifier: ISC */
/*
 * credit - how many records one place may have in flight: from what its worker says of
 * itself, and from how fast it finishes them.  A turn is the time in which it finishes as
 * many as it may have: a fast one lets it have twice as many, a slow one half.
 *
 * Pure: the time is an argument, ns of any clock that only goes forward, and never 0.
 */
#ifndef PAR_CREDIT_H
#define PAR_CREDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "ack.h"

enum { CREDIT_MOST = 1 << 16 /* records in flight where nobody says how many */ };

struct credit_plan {
	uint64_t fast; /* ns: a shorter turn lets it have more; */
	uint64_t slow; /* a longer one fewer, so that no record waits long */
	uint64_t unknown; /* ns that a turn counts for in which it waited for us */
};

struct credit {
	uint64_t records; /* most that it may have in flight now */
	uint64_t least; /* slow turns leave it so many */
	uint64_t acks; /* records finished in the turn */
	uint64_t since; /* when the turn began; 0: it waits for us, and that measures
			   nothing */
	uint64_t last_acks, last_took; /* the turn before, ns; 0: it measured nothing */
};

/* The most that one may ever have: told by others, UINT64_MAX if not, and its hello. */
uint64_t credit_most(const struct hello *hello, uint64_t told);

/* A worker was started: one record shows what it is. */
void credit_start(struct credit *credit);

/* A worker has said hello: it gets as many as it works on at once, but at most so many.
 */
void credit_hello(struct credit *credit, const struct hello *hello, uint64_t most);

/* A worker was given records: a turn begins, if none goes on. */
void credit_given(struct credit *credit, uint64_t now);

/* A worker has fewer than it may have: the turn measures us, not it. */
void credit_starved(struct credit *credit);

/* A worker has finished acks more.  Does that end a turn?  Then credit_turn() is due. */
bool credit_acks(struct credit *credit, uint64_t acks);

/* A turn has ended: it may have more, fewer, or as many.  Was that changed? */
bool credit_turn(
    struct credit *credit, const struct credit_plan *plan, uint64_t most, uint64_t now);

/* Let the place have twice as many, but no more than most. */
void credit_double(struct credit *credit, uint64_t most);

/* Do the records of the place take long? */
bool credit_is_slow(const struct credit *credit);

/*
 * How many more of slow records it may have, beside its in_flight, where places share the
 * ready ones: all of them must not be with a few places when the input ends.
 */
uint64_t credit_fair(
    const struct credit *credit, uint64_t ready, uint64_t places, uint64_t in_flight);

#endif
