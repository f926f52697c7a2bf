/* SPDX-License-Identifier: ISC */
/*
 * allowance - how much a worker may have in flight: records by its credit, bytes by a
 * limit, and not more than its share of what is left.
 */
#ifndef PAR_RUN_ALLOWANCE_H
#define PAR_RUN_ALLOWANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "ahead.h"
#include "intake.h"
#include "keys.h"
#include "ledger.h"
#include "options.h"
#include "pool.h"
#include "slot.h"
#include "supply.h"

struct allowance {
	const struct run_options *options;
	const struct intake *intake;
	const struct pool *pool;
	const struct ledger *ledger;
	const struct keys *keys;
	const struct supply *supply;
};

/* May it want more records before it answers those that it has? */
static inline bool
allowance_reads_ahead(const struct worker *worker)
{
	return worker->kind == WORKER_MAP || worker->hello.ahead;
}

/* The most that one which does so may have unanswered. */
struct ahead_limit
allowance_limit(const struct allowance *allowance, const struct slot *slot);

/* How much more it may be given before another takes its place. */
struct ahead_limit
allowance_left(const struct allowance *allowance, const struct slot *slot);

/* How many bytes a plain one may be given now, of that. */
size_t allowance_quantum(const struct allowance *allowance, const struct slot *slot);

/*
 * Is that nothing?  One that makes blocks of its records is not left in the middle of
 * one.
 */
bool allowance_spent(const struct allowance *allowance, const struct slot *slot);

/*
 * How many records a stage that says hello does together; 1: it does not say, or wants
 * too few in flight to have as many.
 */
uint64_t allowance_block(const struct hello *hello);

/* The same of a worker. */
uint64_t allowance_unit(const struct worker *worker);

/*
 * How many records it has of a block of unit that is not full, and that the next record
 * belongs to; 0: it has none.
 */
uint64_t
allowance_part(const struct allowance *allowance, const struct slot *slot, uint64_t unit);

/* The most that it may have in flight now. */
struct ahead_limit
allowance_now(const struct allowance *allowance, const struct slot *slot);

/*
 * How many more records a native worker may have beside the others.  Of slow ones
 * all that is ready must not be with a few workers when the input ends.
 */
uint64_t allowance_share(const struct allowance *allowance, const struct slot *slot);

/*
 * A stage that makes blocks does so of whatever comes to it.  The output of one counts
 * as that of its last record: where order matters it must be of records that follow
 * each other: nothing else comes before the stage is done with what it has.
 */
bool allowance_neighbours(const struct allowance *allowance, const struct slot *slot);

/* Is nothing to come to it before it has answered what it has, for its blocks' sake? */
bool allowance_block_goes_on(const struct allowance *allowance, const struct slot *slot);

/* Has it a use for more than it has, as far as we know? */
bool allowance_has_room(const struct allowance *allowance, const struct slot *slot);

/* The worker has said hello: it gets as many as it works on at once. */
void allowance_hello(struct slot *slot);

/* The worker has finished so many records: is it fast or slow? */
void allowance_credit(struct slot *slot, uint64_t acks);

/* The worker reads ahead, has no room, and is to have more; true if there may be more
 * soon. */
bool allowance_widen(struct slot *slot, const struct ahead_limit *limit);

#endif
