/* SPDX-License-Identifier: ISC */
/*
 * requeue - records that were not done are sent again, or given up at last.
 */
#ifndef PAR_RUN_REQUEUE_H
#define PAR_RUN_REQUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch.h"
#include "ending.h"
#include "halving.h"
#include "keys.h"
#include "ledger.h"
#include "link_break.h"
#include "options.h"
#include "results.h"
#include "slot.h"
#include "supply.h"
#include "times.h"

struct requeue {
	const struct run_options *options;
	const struct times *times;
	struct keys *keys;
	struct ledger *ledger;
	struct supply *supply;
	struct results *results;
	struct halving *halving;
	struct ending *ending;
	uint64_t retried; /* records that had more than one try, since one failed */
};

/* All of these take their batch, or what is in their queue; slot: whose it was. */

/* The stage could not do the record of batch for now. */
void requeue_retry(struct requeue *requeue, struct slot *slot, struct batch *batch,
    const char *why, size_t why_len);

/* Try it once more after a while, or give it up if that was done often enough: false. */
bool requeue_after(
    struct requeue *requeue, struct slot *slot, struct batch *batch, const char *why);

/* Try it once more without a wait, or give it up. */
void requeue_at_once(
    struct requeue *requeue, struct slot *slot, struct batch *batch, const char *why);

/* The batch was tried, and is not tried again; a block may be halved all the same. */
void requeue_end(
    struct requeue *requeue, struct slot *slot, struct batch *batch, const char *why);

/* The record of batch, one record, will not be done, whatever its tries. */
void requeue_give_up(
    struct requeue *requeue, struct slot *slot, struct batch *batch, const char *why);

/* Send it again as it is, as nothing of it is to blame. */
void requeue_batch(struct requeue *requeue, struct slot *slot, struct batch *batch);
void requeue_all(struct requeue *requeue, struct slot *slot, struct batch_queue *queue);

/*
 * One of these may be to blame that their link broke, how: in words.  They are had apart;
 * one that was alone with it is to blame when that happens again and again, and no other
 * link breaks at the same time.
 */
void requeue_cut(struct requeue *requeue, struct slot *slot, struct batch_queue *queue,
    const struct link_break *cut, const char *how);

/* One of these is to blame that their worker died, how: in words. */
void requeue_suspects(struct requeue *requeue, struct slot *slot,
    struct batch_queue *queue, const char *how);

/* One of these is to blame for something else; late: it took too long. */
void requeue_apart(
    struct requeue *requeue, struct slot *slot, struct batch_queue *queue, bool late);

/* The record of that number out of queue, alone; the rest goes to others.  NULL: none. */
struct batch *requeue_pick(struct requeue *requeue, struct batch_queue *queue,
    uint64_t number, struct batch_queue *others);

#endif
