/* SPDX-License-Identifier: ISC */
/*
 * credit - how many records one place may have in flight: from what its worker says of
 * itself, and from how fast it finishes them.  An interval is the time in which it
 * finishes as many as it may have: a fast one lets it have twice as many, a slow one
 * half.
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
	uint64_t fast; /* ns: a shorter interval lets it have more; */
	uint64_t slow; /* a longer one fewer, so that no record waits long */
	uint64_t unknown; /* ns that an interval counts for in which it waited for us */
};

struct credit {
	uint64_t records; /* most that it may have in flight now */
	uint64_t least; /* slow intervals leave it so many */
	uint64_t acks; /* records finished in the interval */
	uint64_t since; /* when the interval began; 0: it waits for us, and that measures
			   nothing */
	uint64_t last_acks,
	    last_took; /* the interval before, ns; 0: it measured nothing */
};

/*
 * The most that one may ever have: told by others, UINT64_MAX if not, and its hello; not
 * fewer than it works on at once, if it does not want that.
 */
uint64_t credit_most(const struct hello *hello, uint64_t told);

/* A worker was started: one record shows what it is. */
void credit_start(struct credit *credit);

/*
 * A worker has said hello: it gets as many as it works on at once, and may have.  One
 * that says it again, since that has changed, goes on with as many for each of these.
 */
void credit_hello(struct credit *credit, const struct hello *hello, uint64_t told);

/* A worker was given records: an interval begins, if none goes on. */
void credit_given(struct credit *credit, uint64_t now);

/* A worker has fewer than it may have: the interval measures us, not it. */
void credit_starved(struct credit *credit);

/* A worker has finished acks more.  Does that end an interval?  Then credit_sample() is
 * due.
 */
bool credit_acks(struct credit *credit, uint64_t acks);

/* An interval has ended: it may have more, fewer, or as many.  Was that changed? */
bool credit_sample(
    struct credit *credit, const struct credit_plan *plan, uint64_t most, uint64_t now);

/* Let the place have twice as many, but no more than most. */
void credit_double(struct credit *credit, uint64_t most);

/*
 * The place has so many records, and finishes nothing before it has more: let it have
 * twice as many, but no more than most, and no fewer from now on.
 */
void credit_widen(struct credit *credit, uint64_t has, uint64_t most);

/* Do the records of the place take long? */
bool credit_is_slow(const struct credit *credit);

/*
 * How many more of slow records it may have, beside its in_flight, where places share the
 * ready ones: all of them must not be with a few places when the input ends.
 */
uint64_t credit_fair(
    const struct credit *credit, uint64_t ready, uint64_t places, uint64_t in_flight);

#endif
