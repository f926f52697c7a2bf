/* SPDX-License-Identifier: ISC */
/*
 * child - the stage: what it is given, what it says, and its end.
 *
 * Records are in todo, then in its window.  When it dies, those that it had are
 * suspects: it gets them one at a time, until one kills it while it has nothing
 * else, or none does.
 */
#ifndef PAR_QUEUE_CHILD_H
#define PAR_QUEUE_CHILD_H

#include "credit.h"
#include "origin.h"
#include "worker.h"

struct child {
	const struct queue_options *options;
	char *const *command;
	struct origins *origins;
	struct worker worker;
	struct batch_queue todo, suspects;
	uint64_t now; /* clock_ms(), the caller's to set */
	struct credit credit; /* records that it may have in flight */
	uint64_t started; /* clock_ms() */
	uint64_t progress; /* clock_ms() when it last finished something */
	uint64_t start_at; /* clock_ms() from when it may be started again */
	bool known; /* it has said hello, once at least */
	bool noticed; /* that it takes long to say so, and it was said */
	bool soft_told, hard_told; /* it has taken too long: signals sent */
	bool input_ended; /* by us */
	uint64_t fed_at; /* clock_ms() when it was last given something */
	uint64_t look_at; /* clock_ms() of the next look at one that reads ahead */
	uint64_t held_wait; /* ms of silence that it is left in for lack of records */
	uint64_t waits; /* records it was given when it said that it waits; or 0 */
	bool prompted; /* its input was ended so that it answers */
	uint64_t prompted_at; /* clock_ms() then, if it holds back */
	const char *never; /* why it can never work; NULL: it may */
	uint64_t input_ended_at; /* clock_ms() */
	unsigned deaths; /* in a row, with nothing finished between */
	uint64_t dead; /* records given up */
	bool trouble; /* it says that something went wrong, though all it had was done */
};

void child_init(
    struct child *child, const struct queue_options *options, struct origins *origins);

/* Start it if it is not there; does not return if the command cannot be run. */
void child_start(struct child *child);

/* How many more records, and bytes, it has use for. */
struct want child_room(const struct child *child);

/* Give it what it may have now. */
void child_give(struct child *child);

/* Take what it has said and written; dies if it is not a native stage. */
void child_hear(struct child *child);

/* Have it answer if it holds back, end it if it takes too long. */
void child_check_time(struct child *child);

/* When that is to be called next, clock_ms(). */
uint64_t child_due(const struct child *child);

/* Has it ended?  Then what it had is settled, and it can be started again. */
void child_look(struct child *child);

/* Too many deaths with nothing finished between? */
bool child_hopeless(const struct child *child);

/* Give what it has not begun, or does not have, back to the queues. */
void child_give_back(struct child *child);

void child_close(struct child *child);

#endif
