/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "acks.h"

/* Tell of a record that is done or failed for good. */
static void
log_ack(
    struct acks *acks, struct slot *slot, struct flight *flight, const struct ack *ack)
{
	bool done = ack->outcome == OUTCOME_OK;
	size_t len = window_record_len(flight, ack->index);

	log_add(acks->log, &slot->account,
	    &(struct log_entry){
		.number = batch_number(flight->batch, ack->index - flight->base),
		.given_at = flight->batch->given_at,
		.bytes_in = len,
		.bytes_out = ack->bytes,
		.attempts = flight->batch->attempts + 1,
		.why = done ? NULL : ack->reason,
		.why_len = done ? 0 : ack->reason_len,
		.data = flight->batch->data + flight->found_at,
		.len = len,
		.count = 1 });
}

/* Log each record of a part of a run. */
static void
log_part(
    struct acks *acks, struct slot *slot, struct flight *flight, const struct ack *part)
{
	const struct batch *batch = flight->batch;
	struct log_entry entry = { .given_at = batch->given_at,
		.bytes_out = part->bytes,
		.attempts = batch->attempts + 1,
		.count = 1 };
	uint64_t index = part->index, last = index + part->more;
	const char *counts = part->counts;

	for (; index <= last; index++) {
		entry.number = batch_number(batch, index - flight->base);
		entry.bytes_in = entry.len = window_record_len(flight, index);
		entry.data = batch->data + flight->found_at;
		if (counts != NULL)
			entry.bytes_out = ack_count(&counts, 1);
		log_add(acks->log, &slot->account, &entry);
		entry.bytes_out = 0;
	}
}

/*
 * A host could not do a block, and says so of each of its records: it is tried again as
 * a whole.  Nothing is taken of it before the last of them.
 */
static const char *
take_block_back(
    struct acks *acks, struct slot *slot, struct flight *flight, const struct ack *ack)
{
	struct batch *batch = flight->batch, *whole;

	if (ack->index - flight->base != slot->link.put_back || flight->done > 0 ||
	    ack->bytes > 0)
		return "does not tell of a block as a whole";
	if (!host_link_put_back(&slot->link, batch->count))
		return NULL;
	whole = batch_slice(batch, 0, batch->count, 0);
	if (whole == NULL) {
		ending_broken(acks->ending, ENOMEM, "record");
		return NULL;
	}
	/* In order there is nothing that needs memory. */
	for (uint64_t k = 0; k < batch->count; k++)
		window_done(&slot->worker.window, flight, flight->base + k);
	counted_skip(acks->counted, slot, 0); /* what it told of before goes out first */
	if (speculate_goes_on(acks->speculate, slot, flight->base))
		batch_free(whole);
	else
		requeue_retry(acks->requeue, slot, whole, ack->reason, ack->reason_len);
	result_files_forget(&slot->files);
	return NULL;
}

/* What an acknowledgement that was found right says of record number is so. */
static void
heed(struct acks *acks, struct slot *slot, struct flight *flight, const struct ack *ack,
    uint64_t number)
{
	struct batch *record =
	    ack->outcome == OUTCOME_OK ? NULL : window_record(flight, ack->index);

	if ((ack->outcome != OUTCOME_OK && record == NULL) ||
	    window_done(&slot->worker.window, flight, ack->index) == UINT64_MAX) {
		batch_free(record);
		ending_broken(acks->ending, ENOMEM, "window");
		return;
	}
	if (ack->outcome != OUTCOME_RETRY)
		keys_done(acks->keys, flight->batch, ack->index - flight->base);
	if (acks->log->on && ack->outcome != OUTCOME_RETRY)
		log_ack(acks, slot, flight, ack);
	if (ack->outcome != OUTCOME_RETRY && acks->speculate->pairs > 0)
		speculate_won(acks->speculate, slot, ack->index);
	switch (ack->outcome) {
	case OUTCOME_OK:
		halving_done(acks->halving, flight->batch->piece);
		if (ack->more == 0)
			results_end(acks->results, slot, flight->batch,
			    flight->batch->attempts + 1, NULL);
		speculate_took(acks->speculate, flight->batch->given_at);
		ledger_done(acks->ledger, slot, number, (size_t)ack->bytes, ack->more);
		break;
	case OUTCOME_FAIL:
		ledger_failed(acks->ledger, slot, record, (size_t)ack->bytes, ack->reason,
		    ack->reason_len);
		break;
	case OUTCOME_PART: /* says nothing of its outcome */
	case OUTCOME_KEPT:
		break;
	case OUTCOME_RETRY:
		counted_skip(acks->counted, slot, ack->bytes);
		if (speculate_goes_on(acks->speculate, slot, ack->index))
			batch_free(record);
		else
			requeue_retry(
			    acks->requeue, slot, record, ack->reason, ack->reason_len);
		break;
	}
	reading_told(&slot->reading, number);
}

/*
 * Another one was first with the record of ack: what this one made of it comes out
 * nowhere.
 */
static const char *
pass_over(struct acks *acks, struct slot *slot, const struct ack *ack)
{
	uint64_t before = slot->spout.acked + slot->spout.early.bytes;

	if (!worker_wrote(&slot->worker, before + ack->bytes))
		return output_overdrawn;
	counted_skip(acks->counted, slot, ack->bytes);
	host_link_start_over(&slot->link);
	return NULL;
}

const char *
acks_take(struct acks *acks, struct slot *slot, const struct ack *ack,
    char text[static WORKER_ILL_TEXT])
{
	struct flight *flight = window_find(&slot->worker.window, ack->index);
	const char *wrong;
	struct ack failed;
	uint64_t number;

	if (flight == NULL &&
	    window_told_gone(&slot->worker.window, ack->index, ack->more + 1))
		return pass_over(acks, slot, ack);
	if (flight == NULL)
		return worker_no_record;
	if (worker_unsaid(&slot->worker, ack) && ledger_in_order(acks->ledger) &&
	    !window_neighbours(&slot->worker.window, ack->index, ack->index + ack->more))
		return worker_apart;
	number = batch_number(flight->batch, ack->index - flight->base);
	wrong = counted_at_once(acks->counted, slot, number, ack)
	    ? NULL
	    : counted_check(acks->counted, slot, number, &ack, &failed, text);
	if (wrong == NULL && ack->outcome == OUTCOME_OK &&
	    results_lacks(acks->results, slot, flight->batch))
		wrong = "is done, with no word of what its process wrote";
	if (wrong != NULL || ending_near(acks->ending))
		return wrong;
	if (acks->nature->kind ==
	    WORKER_UNKNOWN) /* by one that is unsure, and right already */
		output_begin(acks->output);
	if (ack->outcome == OUTCOME_RETRY && slot->link.host != NULL &&
	    acks->options->block_records != 0)
		return take_block_back(acks, slot, flight, ack);
	heed(acks, slot, flight, ack, number);
	return NULL;
}

/* A part of a run was found right, whose first record is number: so it is. */
static void
heed_part(struct acks *acks, struct slot *slot, struct flight *flight,
    const struct ack *part, uint64_t number)
{
	uint64_t k = part->index - flight->base, last = k + part->more;

	if (window_done_part(&slot->worker.window, flight, part->index, part->more + 1) <
	    0) {
		ending_broken(acks->ending, ENOMEM, "window");
		return;
	}
	reading_told(&slot->reading, batch_number(flight->batch, last));
	for (; keys_on(acks->keys) && k <= last; k++)
		keys_done(acks->keys, flight->batch, k);
	if (acks->log->on)
		log_part(acks, slot, flight, part);
	ledger_run(acks->ledger, slot, number, part);
}

/*
 * Take the part of a run that is in flight, with its output.  One that *failed stands for
 * already is lost, as what follows on output that could not be put aside.
 */
static const char *
take_part(struct acks *acks, struct slot *slot, struct flight *flight,
    const struct ack *part, struct ack *failed, char text[static WORKER_ILL_TEXT])
{
	uint64_t number = batch_number(flight->batch, part->index - flight->base);
	const struct ack *taken = failed->reason != NULL ? failed : part;
	const char *wrong = NULL;

	if (taken == part && part->bytes > 0 &&
	    !counted_at_once(acks->counted, slot, number, part))
		wrong = counted_check(acks->counted, slot, number, &taken, failed, text);
	if (wrong != NULL || ending_near(acks->ending))
		return wrong;
	if (acks->nature->kind == WORKER_UNKNOWN)
		output_begin(acks->output);
	if (taken == part) {
		heed_part(acks, slot, flight, part, number);
		return NULL;
	}
	for (uint64_t i = 0; i <= part->more && !ending_near(acks->ending); i++) {
		failed->index = part->index + i;
		heed(acks, slot, flight, failed,
		    batch_number(flight->batch, failed->index - flight->base));
	}
	return NULL;
}

/* Does somebody want to hear of each record, with its output? */
static bool
hears_singly(const struct acks *acks)
{
	return acks->options->max_output != 0 ||
	    (acks->parent->fd >= 0 && acks->parent->runs == RUNS_NONE);
}

const char *
acks_take_run(struct acks *acks, struct slot *slot, struct ack *ack,
    char text[static WORKER_ILL_TEXT])
{
	bool singly = hears_singly(acks), places = ledger_has_places(acks->ledger);
	struct ack part = { .index = ack->index, .run = true, .bytes = ack->bytes };
	struct ack failed = { 0 };
	uint64_t left = ack->more + 1;
	const char *counts = ack->counts, *wrong = NULL;

	for (; left > 0 && wrong == NULL && !ending_near(acks->ending);
	     part.index += part.more + 1, left -= part.more + 1) {
		struct flight *flight = window_find(&slot->worker.window, part.index);

		if (flight == NULL)
			return worker_no_record;
		part.more =
		    singly ? 0 : window_part(flight, part.index, left, places) - 1;
		part.counts = counts;
		if (counts != NULL) {
			if (part.more < ack->more)
				part.bytes = ack_count(&counts, part.more + 1);
			failed.reason = NULL;
		}
		wrong = singly ? acks_take(acks, slot, &part, text)
			       : take_part(acks, slot, flight, &part, &failed, text);
		if (wrong != NULL)
			*ack = part;
		if (counts == NULL)
			part.bytes = 0;
	}
	return wrong;
}
