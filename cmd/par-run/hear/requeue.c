/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>

#include "ack.h"
#include "backoff.h"
#include "diag.h"
#include "requeue.h"
#include "suspects.h"
#include "worker.h"

/* Before a record is tried again. */
static const struct backoff tries = {
	.first = 100, .longest = 10 * 1000, .spread = true
};

void
requeue_give_up(
    struct requeue *requeue, struct slot *slot, struct batch *batch, const char *why)
{
	keys_done(requeue->keys, batch, 0);
	ledger_give_up(requeue->ledger, slot, batch, why);
}

/* Give up each record of batch. */
static void
give_up_all(
    struct requeue *requeue, struct slot *slot, struct batch *batch, const char *why)
{
	struct batch_queue all = { 0 };
	struct batch *one;

	batch_push(&all, batch);
	do {
		if (batch_cut(&all, 1, &one) < 0) {
			ending_broken(requeue->ending, ENOMEM, "record");
			break;
		}
		if (one != NULL)
			requeue_give_up(requeue, slot, one, why);
	} while (one != NULL);
	batch_join(supply_requeued(requeue->supply, slot), &all);
}

void
requeue_batch(struct requeue *requeue, struct slot *slot, struct batch *batch)
{
	account_retry(&slot->account, batch->count);
	batch_push(supply_requeued(requeue->supply, slot), batch);
}

/*
 * A block has failed as a whole, on all its tries: the record that is to blame is looked
 * for in its halves.  Takes it; false: it is not to be halved, and stays the caller's.
 */
static bool
find_in_halves(
    struct requeue *requeue, struct slot *slot, struct batch *batch, const char *why)
{
	static const char exited[] = "exited with status ";
	struct batch_queue halves = { 0 }, whole = { 0 };
	struct batch *half;

	if (!halving_failed(requeue->halving, batch->count)) {
		if (!halving_given_up(requeue->halving))
			return false;
		requeue->halving->remedy = strncmp(why, exited, strlen(exited)) == 0
		    ? "; if its status is fine, see --ok-status"
		    : "";
		warn("%s: fails whatever records it gets: blocks are halved no more%s",
		    requeue->options->command[0], requeue->halving->remedy);
		return false;
	}
	batch_push(&whole, batch);
	if (suspects_add(&halves, &whole, SUSPECTS_HALVES) < 0)
		ending_broken(requeue->ending, ENOMEM, "records to send again");
	while ((half = batch_pop(&halves, UINT64_MAX)) != NULL) {
		half->alone = false; /* a process has nothing else anyway */
		half->piece = true;
		half->attempts = 0;
		half->not_before = 0;
		requeue_batch(requeue, slot, half);
	}
	return true;
}

/*
 * Was it tried as often as it may be?  Of the pieces of a block only single records are
 * tried again: what fails just now is found out by halving, too.
 */
static bool
tried(const struct requeue *requeue, const struct batch *batch)
{
	return batch->attempts > requeue->options->retries ||
	    (batch->piece && halving_may(requeue->halving, batch->count));
}

void
requeue_end(
    struct requeue *requeue, struct slot *slot, struct batch *batch, const char *why)
{
	if (requeue->options->block_records != 0 &&
	    find_in_halves(requeue, slot, batch, why))
		return;
	results_end(requeue->results, slot, batch, batch->attempts, why);
	give_up_all(requeue, slot, batch, why);
}

/* Try it once more after that time, ms, or give it up: false. */
static bool
again(struct requeue *requeue, struct slot *slot, struct batch *batch, uint64_t wait,
    const char *why)
{
	batch->attempts++;
	if (tried(requeue, batch)) {
		requeue_end(requeue, slot, batch, why);
		return false;
	}
	if (!batch->again) /* what is left of a block that was has been counted, too */
		requeue->retried += batch->count;
	batch->again = true;
	batch->not_before = requeue->times->now + wait;
	requeue_batch(requeue, slot, batch);
	return true;
}

/* How long to wait before the next attempt, ms. */
static uint64_t
back_off(const struct requeue *requeue, unsigned attempts)
{
	return backoff_wait(&tries, attempts + UINT64_C(1),
	    requeue->times->now); /* by chance of the clock */
}

bool
requeue_after(
    struct requeue *requeue, struct slot *slot, struct batch *batch, const char *why)
{
	return again(requeue, slot, batch, back_off(requeue, batch->attempts), why);
}

void
requeue_at_once(
    struct requeue *requeue, struct slot *slot, struct batch *batch, const char *why)
{
	again(requeue, slot, batch, 0, why);
}

void
requeue_retry(struct requeue *requeue, struct slot *slot, struct batch *batch,
    const char *why, size_t why_len)
{
	char text[ACK_LINE_MAX];

	snprintf(text, sizeof(text), "%.*s", (int)why_len, why);
	requeue_after(requeue, slot, batch, text);
}

/* How suspects are parted: a block is one thing. */
static enum suspects_by
parts_of(const struct requeue *requeue)
{
	return requeue->options->block_records != 0 ? SUSPECTS_WHOLE : SUSPECTS_HALVES;
}

void
requeue_apart(
    struct requeue *requeue, struct slot *slot, struct batch_queue *queue, bool late)
{
	struct batch_queue suspects = { 0 };

	if ((late ? suspects_add_late : suspects_add)(
		&suspects, queue, parts_of(requeue)) < 0)
		ending_broken(requeue->ending, ENOMEM, "records to send again");
	account_retry(&slot->account, suspects.records);
	batch_join(supply_requeued(requeue->supply, slot), &suspects);
}

void
requeue_suspects(struct requeue *requeue, struct slot *slot, struct batch_queue *queue,
    const char *how)
{
	char why[WORKER_EXIT_TEXT + 64];
	struct batch *batch;

	if (queue->head == NULL)
		return;
	if (!suspects_guilty(queue, parts_of(requeue))) {
		requeue_apart(requeue, slot, queue, false);
		return;
	}
	snprintf(why, sizeof(why), "worker %s", how);
	batch = batch_pop(queue, UINT64_MAX);
	requeue_after(requeue, slot, batch, why);
}

void
requeue_cut(struct requeue *requeue, struct slot *slot, struct batch_queue *queue,
    const struct link_break *cut, const char *how)
{
	if (queue->head == NULL)
		return;
	if (!suspects_guilty(queue, parts_of(requeue)))
		requeue_apart(requeue, slot, queue, false);
	else if (link_break_blames(cut, queue->head))
		requeue_suspects(requeue, slot, queue, how);
}

void
requeue_all(struct requeue *requeue, struct slot *slot, struct batch_queue *queue)
{
	struct batch *batch;

	while ((batch = batch_pop(queue, UINT64_MAX)) != NULL) {
		batch->not_before = 0;
		requeue_batch(requeue, slot, batch);
	}
}

struct batch *
requeue_pick(struct requeue *requeue, struct batch_queue *queue, uint64_t number,
    struct batch_queue *others)
{
	struct batch *found;

	if (suspects_pick(queue, number, others, &found) < 0)
		ending_broken(requeue->ending, ENOMEM, "records to send again");
	return found;
}
