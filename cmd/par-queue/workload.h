/* SPDX-License-Identifier: ISC */
/*
 * workload - what the stage is to do, and what became of it: records of leases wait in
 * todo, go to the stage, and end as results, as records to be tried again, or as dead
 * ones.
 *
 * When the stage dies, those that it had are suspects: it gets them one at a time, until
 * one kills it while it has nothing else, or none does.
 */
#ifndef PAR_QUEUE_WORKLOAD_H
#define PAR_QUEUE_WORKLOAD_H

#include "origin.h"
#include "tended.h"

struct workload {
	const struct queue_options *options;
	struct origins *origins;
	struct tended tended; /* the stage */
	struct batch_queue todo, suspects;
	uint64_t dead; /* records given up */
	uint64_t done; /* and those that are done */
	uint64_t look_at; /* clock_ms() of the next look at who has use for todo */
};

void workload_init(struct workload *load, const struct queue_options *options,
    char *const *command, struct origins *origins);

/* Start the stage if it is not there; does not return if it cannot be run. */
void workload_start(struct workload *load);

/* How many more records, and bytes, the stage has use for. */
struct want workload_room(const struct workload *load);

/* Give it what it may have now. */
void workload_give(struct workload *load);

/* Take what it has said and written; dies if it is not a native stage. */
void workload_hear(struct workload *load);

/*
 * Give chunks back that wait behind records that take long, if another worker would have
 * them at once; and when to look at that, clock_ms().
 */
void workload_share(struct workload *load);
uint64_t workload_share_due(const struct workload *load);

/* Have it answer if it holds back, end it if it takes too long; see tended_due(). */
void workload_check_time(struct workload *load);

/* Has it ended?  Then what it had is accounted for, and it can be started again. */
void workload_look(struct workload *load);

/* Give what the stage has not begun, or does not have, back to the queues. */
void workload_give_back(struct workload *load);

void workload_close(struct workload *load);

#endif
