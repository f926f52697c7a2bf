/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>

#include "block_end.h"
#include "diag.h"
#include "output.h"

/*
 * Unless it is to be any bytes, the output of a block is records: what is none is told
 * of, once, and gets the newline that it lacks.
 */
static void
make_records(struct block_end *end, struct slot *slot)
{
	bool added = worker_end_line(&slot->worker);

	if (end->told || (!added && !slot->reading.nul))
		return;
	end->told = true;
	warn("%s: %s; see --raw", end->options->command[0],
	    slot->reading.nul ? "its output holds NUL bytes, and is taken for lines"
			      : "its output does not end in a newline, and is given one");
}

/* How much the process has written, bytes. */
static size_t
output_of(const struct slot *slot)
{
	return (size_t)buffered_bytes(&slot->worker.buffered) + slot->reading.piped;
}

/* The block is done: its output is that of its last record. */
static void
block_done(struct block_end *end, struct slot *slot, const struct batch *batch)
{
	size_t bytes;

	if (!end->options->raw)
		make_records(end, slot);
	bytes = output_of(slot);
	results_end(end->requeue->results, slot, batch, batch->attempts + 1, NULL);
	if (end->output->in_order)
		notes_done(end->notes, &slot->worker.errors, batch->first);
	ledger_block(end->ledger, slot, batch, bytes);
	output_clear(end->output, &slot->spout);
	if (!end->output->in_order)
		notes_done(end->notes, &slot->worker.errors, batch->first);
	notes_go(end->notes);
	reading_size(&slot->reading, bytes, slot->worker.out_room);
}

/* The block was not done: try it again, or give each of its records up. */
static void
block_failed(
    struct block_end *end, struct slot *slot, struct batch *batch, const char *why)
{
	worker_release(&slot->worker, buffered_bytes(&slot->worker.buffered));
	if (slot->place.cause == PLACE_LARGE && !slot->lone &&
	    !end->options->line_buffer) { /* nobody knows yet whether it is to blame */
		batch->solo = true;
		requeue_batch(end->requeue, slot, batch);
		account_restart(&slot->account);
	} else if (slot->reading.final) {
		batch->attempts++;
		requeue_end(end->requeue, slot, batch, why);
	} else if (requeue_after(end->requeue, slot, batch, why)) {
		account_restart(&slot->account);
	}
}

void
block_end(struct block_end *end, struct slot *slot, bool failed, const char *how)
{
	struct batch_queue queue = { 0 };
	struct batch *batch;
	bool burst = slot->place.cause == PLACE_BURST;
	char why[WORKER_ILL_TEXT];

	if (window_requeue(&slot->worker.window, 0, &queue) < 0)
		ending_broken(end->ending, ENOMEM, "records to send again");
	batch = batch_pop(&queue, UINT64_MAX);
	if (batch == NULL)
		return;
	snprintf(why, sizeof(why), "%s", burst ? slot->reading.lost : how);
	if (slot->place.cause == PLACE_LARGE)
		admission_text(end->admission, why, sizeof(why));
	if (slot->place.cause == PLACE_LATE)
		snprintf(why, sizeof(why), "took longer than %g s",
		    (double)end->options->timeout / 1000);
	lines_end(end->lines, slot, failed || burst);
	if (!failed && !burst &&
	    output_room(end->output, &slot->spout, batch->first, output_of(slot) + 1) <
		0) {
		worker_lost_text(errno, why);
		failed = true;
	}
	/* One that we told to end may have cut its output short, whatever it says. */
	if (!failed && !burst && slot->place.cause != PLACE_LATE &&
	    end->gate->phase < PHASE_STOP) {
		speculate_won(end->speculate, slot, 0);
		speculate_took(end->speculate, batch->given_at);
		block_done(end, slot, batch);
		halving_done(end->halving, batch->piece);
		batch_free(batch);
		return;
	}
	if (speculate_goes_on(end->speculate, slot, 0)) {
		worker_release(&slot->worker, buffered_bytes(&slot->worker.buffered));
		batch_free(batch);
		return;
	}
	notes_failed(end->notes, &slot->worker.errors);
	if (end->gate->phase >= PHASE_STOP ||
	    starts_never(end->starts, slot, batch->count))
		requeue_batch(end->requeue, slot, batch);
	else
		block_failed(end, slot, batch, why);
}
