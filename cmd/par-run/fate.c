/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "backoff.h"
#include "dispatch.h"
#include "fate.h"
#include "hosts.h"
#include "ledger.h"
#include "output.h"
#include "suspects.h"

/* Before a record is tried again. */
static const struct backoff tries = {
	.first = 100, .longest = 10 * 1000, .spread = true
};

/* The record of batch, one record, will not be done.  Takes the batch. */
static void
give_up(struct run *run, struct slot *slot, struct batch *batch, const char *why)
{
	keys_done(&run->keys, batch, 0);
	ledger_give_up(run, slot, batch, why);
}

/* The same, of each record of batch. */
static void
give_up_all(struct run *run, struct slot *slot, struct batch *batch, const char *why)
{
	for (uint64_t i = 0, at = 0; i < batch->count; i++) {
		struct batch *one = batch_slice(batch, i, 1, at);

		if (one == NULL) {
			ending_broken(&run->ending, ENOMEM, "record");
			break;
		}
		at += one->len;
		give_up(run, slot, one, why);
	}
	batch_free(batch);
}

/* A worker, that of the place or another, will get it once more. */
static void
send_again(struct run *run, struct slot *slot, struct batch *batch)
{
	slot->account.retries += batch->count;
	batch_push(run_again(run, slot), batch);
}

/*
 * A block has failed as a whole, on all its tries: the record that is to blame is looked
 * for in its halves.  Takes it; false: it is not to be halved, and stays the caller's.
 */
static bool
find_in_halves(struct run *run, struct slot *slot, struct batch *batch)
{
	struct batch_queue halves = { 0 }, whole = { 0 };
	struct batch *half;

	if (!halving_failed(&run->halving, batch->count)) {
		if (halving_given_up(&run->halving))
			warn("%s: fails whatever records it gets: blocks are halved no "
			     "more",
			    run->options->command[0]);
		return false;
	}
	batch_push(&whole, batch);
	if (suspects_add(&halves, &whole, SUSPECTS_HALVES) < 0)
		ending_broken(&run->ending, ENOMEM, "records to send again");
	while ((half = batch_pop(&halves, UINT64_MAX)) != NULL) {
		half->alone = false; /* a process has nothing else anyway */
		half->piece = true;
		half->attempts = 0;
		half->not_before = 0;
		send_again(run, slot, half);
	}
	return true;
}

/*
 * Was it tried as often as it may be?  Of the pieces of a block only single records are
 * tried again: what fails just now is found out by halving, too.
 */
static bool
tried(const struct run *run, const struct batch *batch)
{
	return batch->attempts > run->options->retries ||
	    (batch->piece && halving_may(&run->halving, batch->count));
}

/* It was tried for the last time. */
static void
end_tries(struct run *run, struct slot *slot, struct batch *batch, const char *why)
{
	if (run->options->block_records == 0 || !find_in_halves(run, slot, batch))
		give_up_all(run, slot, batch, why);
}

/* Try it once more after a while, or give it up when that was done often enough. */
static void
again(struct run *run, struct slot *slot, struct batch *batch, uint64_t wait,
    const char *why)
{
	batch->attempts++;
	if (tried(run, batch)) {
		end_tries(run, slot, batch, why);
		return;
	}
	batch->not_before = run->times.now + wait;
	send_again(run, slot, batch);
}

/* How long to wait before the next attempt, ms. */
static uint64_t
back_off(const struct run *run, unsigned attempts)
{
	return backoff_wait(
	    &tries, attempts + UINT64_C(1), run->times.now); /* by chance of the clock */
}

void
fate_retry(struct run *run, struct slot *slot, struct batch *batch, const char *why,
    size_t why_len)
{
	char text[ACK_LINE_MAX];

	snprintf(text, sizeof(text), "%.*s", (int)why_len, why);
	again(run, slot, batch, back_off(run, batch->attempts),
	    why_len > 0 ? text : "failed for now");
}

/* How suspects are parted: a block is one thing. */
static enum suspects_by
parts_of(const struct run *run)
{
	return run->options->block_records != 0 ? SUSPECTS_WHOLE : SUSPECTS_HALVES;
}

/* The records of queue are suspects, sent again; late: one of them took too long. */
static void
suspect(struct run *run, struct slot *slot, struct batch_queue *queue, bool late)
{
	struct batch_queue suspects = { 0 };

	if ((late ? suspects_add_late : suspects_add)(&suspects, queue, parts_of(run)) <
	    0)
		ending_broken(&run->ending, ENOMEM, "records to send again");
	slot->account.retries += suspects.records;
	batch_join(run_again(run, slot), &suspects);
}

/* Take back what the worker did not finish; how many records these are. */
static uint64_t
take_back(struct run *run, struct slot *slot, uint64_t offset, struct batch_queue *queue)
{
	struct worker *worker = &slot->worker;

	if (window_take_back(&worker->window, offset, queue) < 0)
		ending_broken(&run->ending, ENOMEM, "records to send again");
	return queue->records;
}

/* Records of a worker that died go back as suspects. */
static void
send_suspects(
    struct run *run, struct slot *slot, struct batch_queue *queue, const char *how)
{
	char why[WORKER_EXIT_TEXT + 64];
	struct batch *batch;

	if (!suspects_guilty(queue, parts_of(run))) {
		suspect(run, slot, queue, false);
		return;
	}
	snprintf(why, sizeof(why), "worker %s", how);
	batch = batch_pop(queue, UINT64_MAX);
	again(run, slot, batch, back_off(run, batch->attempts), why);
}

/* Records that a worker never looked at go back as they are. */
static void
send_back(struct run *run, struct slot *slot, struct batch_queue *queue)
{
	struct batch *batch;

	while ((batch = batch_pop(queue, UINT64_MAX)) != NULL) {
		batch->not_before = 0;
		send_again(run, slot, batch);
	}
}

/* Was it told to end, in time? */
static bool
was_told(const struct slot *slot)
{
	return slot->place.cause == PLACE_LATE || slot->place.cause == PLACE_STUCK;
}

/* A plain worker: what it never read goes back, the rest nobody can know. */
static enum place_event
end_of_plain(struct run *run, struct slot *slot, bool crashed, const char *how)
{
	uint64_t given = slot->worker.window.given_records, unread, unknown;
	struct batch_queue queue = { 0 };

	/* With its input ended by us nobody can tell what waited there unread. */
	unread = take_back(run, slot,
	    slot->worker.in < 0 ? slot->worker.window.written
				: worker_consumed(&slot->worker),
	    &queue);
	send_back(run, slot, &queue);
	unknown = given - unread;
	if (!crashed) {
		if (slot->worker.exit_code != 0 || slot->worker.exit_signal != 0)
			run->tally.unknown += unknown; /* ended by us */
		return slot->worker.in < 0 ? PLACE_GONE : PLACE_GONE_EARLY;
	}
	run->trouble = true;
	if (slot->worker.in < 0 && slot->worker.exit_signal == 0)
		warn("worker %u: %s, after %llu records", slot->worker.number, how,
		    (unsigned long long)unknown);
	else
		warn("worker %u: %s; what became of the %llu records that it had is "
		     "not known",
		    slot->worker.number, how, (unsigned long long)unknown);
	return PLACE_GONE;
}

/*
 * A worker that never read anything, or a supervisor below that did not know yet what it
 * runs: nothing that it was given is to blame.
 */
static enum place_event
end_of_unknown(struct run *run, struct slot *slot, bool crashed, const char *how)
{
	struct batch_queue queue = { 0 };

	take_back(run, slot, 0, &queue);
	send_back(run, slot, &queue);
	if (crashed && !was_told(slot))
		warn("worker %u: %s, before it %s", slot->worker.number, how,
		    slot->worker.unsure ? "knew what it runs" : "read anything");
	return crashed || slot->worker.in < 0 || run->kind == WORKER_NATIVE
	    ? PLACE_GONE
	    : PLACE_GONE_EARLY;
}

/* The record of that number out of queue, alone; the rest goes to others. */
static struct batch *
pick(struct run *run, struct batch_queue *queue, uint64_t number,
    struct batch_queue *others)
{
	struct batch *found;

	if (suspects_pick(queue, number, others, &found) < 0)
		ending_broken(&run->ending, ENOMEM, "records to send again");
	return found;
}

/* One record took too long: it alone is to blame. */
static void
send_late(struct run *run, struct slot *slot, struct batch_queue *queue)
{
	struct batch_queue others = { 0 };
	struct batch *late;
	char why[80];

	snprintf(why, sizeof(why), "took longer than %g s",
	    (double)run->options->timeout / 1000);
	warn("worker %u: a record %s; %llu records sent again", slot->worker.number, why,
	    (unsigned long long)queue->records);
	if (dispatch_reads_ahead(&slot->worker) && queue->records > 1) {
		suspect(run, slot, queue, true);
		return;
	}
	late = pick(run, queue, slot->late, &others);
	if (late != NULL)
		again(run, slot, late, 0, why);
	send_back(run, slot, &others);
}

/* It ended well, has not answered all that it was given, and never will. */
static void
no_map(struct run *run, const struct slot *slot, uint64_t left)
{
	uint64_t had = slot->worker.window.given_records;

	ending_say(&run->ending, ENDING_NO_MAP, "%llu lines came for %llu records",
	    (unsigned long long)(had - left), (unsigned long long)had);
}

/*
 * There was too much output, or no room for it.  It is that of its only record, or with
 * --map of its oldest; else those that it had are tried apart.
 */
static void
send_burst(struct run *run, struct slot *slot, struct batch_queue *queue)
{
	struct batch_queue others = { 0 };
	struct batch *one;

	if (queue->records > 1 && slot->worker.kind != WORKER_MAP) {
		suspect(run, slot, queue, false);
		return;
	}
	one = pick(run, queue, slot->late, &others);
	if (one != NULL && slot->burst_final) {
		one->attempts++;
		give_up(run, slot, one, slot->burst);
	} else if (one != NULL) {
		again(run, slot, one, back_off(run, one->attempts), slot->burst);
	}
	send_back(run, slot, &others);
}

/* A native worker: what it has not acknowledged goes back. */
static void
end_of_native(struct run *run, struct slot *slot, bool crashed, const char *how)
{
	struct batch_queue queue = { 0 };
	uint64_t back = take_back(run, slot, 0, &queue);
	bool final = run->given_in || fate_is_permanent(run, &slot->worker);

	if (slot->place.cause == PLACE_BURST && back > 0) {
		send_burst(run, slot, &queue);
		return;
	}
	if (slot->place.cause == PLACE_LATE && back > 0) {
		send_late(run, slot, &queue);
		return;
	}
	if (slot->worker.in < 0 && !crashed && run->phase < PHASE_STOP && back > 0) {
		if (slot->worker.kind == WORKER_MAP) {
			send_back(run, slot, &queue);
			no_map(run, slot, back);
			return;
		}
		/* Sent again as if nothing were wrong they would be for ever. */
		how = "ended without a word of it";
		crashed = true;
	}
	if (!crashed || (was_told(slot) && back == 0)) { /* or told to end, at last */
		send_back(run, slot, &queue);
		return;
	}
	/* All it had was done, and yet it says that something went wrong. */
	if (slot->worker.in < 0 && back == 0 && slot->worker.exit_code != 0)
		run->trouble = true;
	if (slot->place.cause != PLACE_REFUSED) /* else it was said why */
		warn("worker %u: %s; %llu records %s", slot->worker.number, how,
		    (unsigned long long)back, final ? "not finished" : "sent again");
	if (final || worker_consumed(&slot->worker) == 0)
		send_back(run, slot, &queue);
	else
		send_suspects(run, slot, &queue, how);
}

/* A link to a host, which finds out by itself what kills its workers. */
static void
end_of_link(struct run *run, struct slot *slot, bool failed, const char *how)
{
	struct batch_queue queue = { 0 };
	uint64_t back = take_back(run, slot, 0, &queue);

	if (hosts_lost(run, slot, back, failed ? how : NULL))
		send_suspects(run, slot, &queue, how);
	else
		send_back(run, slot, &queue);
	hosts_end(run);
}

/*
 * Unless it is to be any bytes, the output of a block is records: what is none is told
 * of, once, and gets the newline that it lacks.
 */
static void
make_records(struct run *run, struct slot *slot)
{
	bool added = worker_end_line(&slot->worker);

	if (run->raw_told || (!added && !slot->nul))
		return;
	run->raw_told = true;
	warn("%s: %s; see --raw", run->options->command[0],
	    slot->nul ? "its output holds NUL bytes, and is taken for lines"
		      : "its output does not end in a newline, and is given one");
}

/* The block is done: its output is that of its last record. */
static void
block_done(struct run *run, struct slot *slot, const struct batch *batch)
{
	size_t bytes;

	if (!run->options->raw)
		make_records(run, slot);
	bytes = hold_bytes(&slot->worker.hold);
	ledger_block(run, slot, batch, bytes);
	output_settle(&run->output, &slot->spout);
}

/* The block was not done: try it again, or give each of its records up. */
static void
block_failed(struct run *run, struct slot *slot, struct batch *batch, const char *why)
{
	worker_release(&slot->worker, hold_bytes(&slot->worker.hold));
	batch->attempts++;
	if (tried(run, batch) || slot->burst_final) {
		end_tries(run, slot, batch, why);
		return;
	}
	slot->account.restarts++;
	batch->not_before = run->times.now + back_off(run, batch->attempts - 1);
	send_again(run, slot, batch);
}

/* A process for a block has ended: its exit status says whether that is done. */
static void
end_of_block(struct run *run, struct slot *slot, bool failed, const char *how)
{
	struct batch_queue queue = { 0 };
	struct batch *batch;
	bool burst = slot->place.cause == PLACE_BURST;
	char why[WORKER_ILL_TEXT];

	take_back(run, slot, 0, &queue);
	batch = batch_pop(&queue, UINT64_MAX);
	if (batch == NULL)
		return;
	snprintf(why, sizeof(why), "%s", burst ? slot->burst : how);
	if (slot->place.cause == PLACE_LATE)
		snprintf(why, sizeof(why), "took longer than %g s",
		    (double)run->options->timeout / 1000);
	if (!failed && !burst &&
	    output_room(&run->output, &slot->spout, batch->first,
		(size_t)hold_bytes(&slot->worker.hold) + 1) < 0) {
		worker_lost_text(errno, why);
		failed = true;
	}
	/* One that we told to end may have cut its output short, whatever it says. */
	if (!failed && !burst && slot->place.cause != PLACE_LATE &&
	    run->phase < PHASE_STOP) {
		block_done(run, slot, batch);
		halving_done(&run->halving, batch->piece);
		batch_free(batch);
	} else if (run->phase >= PHASE_STOP || fate_is_permanent(run, &slot->worker)) {
		send_again(run, slot, batch);
	} else {
		block_failed(run, slot, batch, why);
	}
}

bool
fate_is_permanent(const struct run *run, const struct worker *worker)
{
	bool any = run->kind == WORKER_BLOCK && run->tally.settled > run->tally.refused;

	return worker_never(worker, any) && run->phase < PHASE_STOP;
}

/* Had it nothing but suspects, and has it read of them? */
static bool
died_of_suspects(const struct worker *worker)
{
	return worker->window.head != NULL && worker->window.head->batch->alone &&
	    !worker->unsure && worker_consumed(worker) > 0;
}

enum place_event
fate_of_worker(struct run *run, struct slot *slot)
{
	struct worker *worker = &slot->worker;
	bool failed = worker->exit_code != 0 || worker->exit_signal != 0;
	bool crashed = (failed || was_told(slot)) && run->phase < PHASE_STOP;
	enum place_cause cause = slot->place.cause;
	enum place_event gone = PLACE_GONE;
	char how[WORKER_EXIT_TEXT];

	struct batch_queue before = slot->lane.again;

	account_idle(&slot->account);
	errors_end(&worker->errors);
	worker_exit_text(worker, how);
	if (slot->host != NULL) {
		end_of_link(run, slot, failed, how);
		return gone;
	}
	if (run->kind == WORKER_BLOCK) {
		end_of_block(run, slot, failed, how);
		return gone;
	}
	slot->lane.again = (struct batch_queue){ 0 };
	if (cause != PLACE_LATE && cause != PLACE_BURST && !died_of_suspects(worker) &&
	    (crashed || worker->in >= 0))
		restarts_count(&run->restarts, run->times.now);
	if (worker->kind == WORKER_NATIVE || worker->kind == WORKER_MAP)
		end_of_native(run, slot, crashed, how);
	else if (worker->kind == WORKER_UNKNOWN &&
	    (worker->unsure || worker_consumed(worker) == 0))
		gone = end_of_unknown(run, slot, crashed, how);
	else
		gone = end_of_plain(run, slot, crashed, how);
	batch_join(&slot->lane.again, &before);
	return gone;
}
