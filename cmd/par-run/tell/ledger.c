/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "ledger.h"
#include "output.h"

/* Send the parent what it takes. */
static void
send(struct ledger *ledger)
{
	if (ledger->parent->fd >= 0 && !ending_near(ledger->ending))
		output_report(ledger->output);
}

void
ledger_flush(struct ledger *ledger)
{
	if (!ledger->parent->stuck) /* else who waits for that goes on */
		send(ledger);
}

/* Tell the parent supervisor, if there is one. */
static void
report(struct ledger *ledger, struct slot *slot, const struct ack *ack)
{
	bool full;

	if (ledger->parent->fd < 0 || ending_near(ledger->ending))
		return;
	if (ack->run)
		full = supervisor_report_run(
		    ledger->parent, ack->index, ack->more + 1, ack->bytes);
	else if (ack->outcome == OUTCOME_OK && ack->more == 0)
		full = supervisor_report_ok(ledger->parent, ack->index, ack->bytes);
	else
		full = supervisor_report(ledger->parent, ack);
	if (!full)
		return;
	if (slot != NULL)
		output_flush(ledger->output, &slot->spout);
	ledger_flush(ledger);
	if (supervisor_full(ledger->parent) && supervisor_room(ledger->parent) < 0)
		ending_broken(ledger->ending, errno, "records that are told of");
}

bool
ledger_stuck(const struct ledger *ledger)
{
	const struct supervisor *parent = ledger->parent;

	return ledger->log->stuck || ledger->quarantine->stuck ||
	    (parent->fd >= 0 && (parent->stuck || output_waits(ledger->output)));
}

uint64_t
ledger_due(const struct ledger *ledger)
{
	return ledger->log->stuck && ledger->log->out.share.refused ? SHARE_PAUSE
								    : UINT64_MAX;
}

void
ledger_go(struct ledger *ledger)
{
	send(ledger);
	log_flush(ledger->log);
	if (ledger->quarantine->stuck && quarantine_go(ledger->quarantine) < 0)
		ending_broken(ledger->ending, errno, ledger->quarantine->path);
}

/* Records from number on are done; nobody is told yet. */
static void
done(struct ledger *ledger, struct slot *slot, uint64_t number, uint64_t count,
    size_t bytes)
{
	account_done(&slot->account, count);
	account_output(&slot->account, bytes);
	ledger->tally->finished += count;
	restarts_progress(ledger->restarts);
	output_done(ledger->output, &slot->spout, number, count, bytes);
}

void
ledger_run(
    struct ledger *ledger, struct slot *slot, uint64_t number, const struct ack *part)
{
	const char *counts = part->counts;
	struct ack told = { .index = number, .bytes = part->bytes };

	done(ledger, slot, number, part->more + 1, (size_t)part->bytes);
	if (ledger->parent->fd < 0)
		return;
	if (ledger->parent->runs == RUNS_SUMMED) {
		told.run = true;
		told.more = part->more;
		report(ledger, slot, &told);
		return;
	}
	for (; told.index <= number + part->more; told.index++) {
		told.bytes = ack_count(&counts, 1);
		report(ledger, slot, &told);
	}
}

/* Tell of the records that its worker did together, the last with so much output. */
static void
report_group(struct ledger *ledger, struct slot *slot, size_t bytes)
{
	report(ledger, slot,
	    &(struct ack){ .index = slot->group_ack.first,
		.more = slot->group_ack.count - 1,
		.bytes = bytes });
	group_ack_told(&slot->group_ack);
}

void
ledger_done(struct ledger *ledger, struct slot *slot, uint64_t number, size_t bytes,
    uint64_t more)
{
	done(ledger, slot, number, 1, bytes);
	if (ledger->parent->fd < 0 && more == 0 && slot->group_ack.count == 0)
		return; /* nobody is told, as in nearly every run */
	/* no more will come with those before it */
	if (slot->group_ack.count > 0 &&
	    number != slot->group_ack.first + slot->group_ack.count)
		report_group(ledger, slot, 0);
	group_ack_add(&slot->group_ack, number);
	if (more == 0)
		report_group(ledger, slot, bytes);
}

/* A record that is given up. */
struct failure {
	struct record record;
	size_t bytes; /* of output all the same */
	uint64_t attempts;
	bool elsewhere; /* another host may try it */
	bool cut; /* record is only how it begins: it cannot be set aside */
	const char *why;
};

/* Name it, or set it aside, here or at the parent. */
static void
name(struct ledger *ledger, struct slot *slot, const struct failure *failure)
{
	const struct record *record = &failure->record;

	ledger->tally->failed++;
	ledger->tally->finished++;
	if (slot != NULL)
		account_failed(&slot->account);
	report(ledger, slot,
	    &(struct ack){ .index = record->number,
		.bytes = failure->bytes,
		.outcome = failure->elsewhere ? OUTCOME_RETRY : OUTCOME_FAIL,
		.reason = failure->why,
		.reason_len = strlen(failure->why) });
	if (ledger->parent->fd >= 0)
		return;
	diag_failed_record(record->data, record->len);
	if (ledger->quarantine->fd < 0 || failure->cut)
		warn_record(record->data, record->len, failure->why);
	else if (quarantine_add(ledger->quarantine, record, failure->attempts,
		     failure->why, slot == NULL ? "" : slot->worker.errors.last,
		     slot == NULL ? 0 : slot->worker.errors.last_len) < 0) {
		ending_broken(ledger->ending, errno, ledger->quarantine->path);
		warn_record(record->data, record->len, failure->why);
	}
}

/* The one record of batch. */
static struct record
record_of(const struct batch *batch)
{
	return (struct record){
		.data = batch->data, .len = batch->len - 1, .number = batch->first
	};
}

void
ledger_failed(struct ledger *ledger, struct slot *slot, struct batch *batch, size_t bytes,
    const char *why, size_t why_len)
{
	char text[ACK_LINE_MAX];

	snprintf(text, sizeof(text), "%.*s", (int)why_len, why);
	restarts_progress(ledger->restarts);
	account_output(&slot->account, bytes);
	output_failed(ledger->output, &slot->spout, batch->first, bytes);
	name(ledger, slot,
	    &(struct failure){ .record = record_of(batch),
		.bytes = bytes,
		.attempts = batch->attempts + 1,
		.why = text });
	batch_free(batch);
}

void
ledger_refused(
    struct ledger *ledger, const struct record *record, bool cut, const char *why)
{
	output_none(ledger->output, record->number);
	if (ledger->log->on)
		log_add(ledger->log, NULL,
		    &(struct log_entry){ .number = record->number,
			.bytes_in = cut ? 0 : record->len + 1, /* else nobody knows */
			.why = why,
			.why_len = strlen(why),
			.count = 1 });
	ledger->tally->refused++;
	name(
	    ledger, NULL, &(struct failure){ .record = *record, .cut = cut, .why = why });
}

void
ledger_give_up(
    struct ledger *ledger, struct slot *slot, struct batch *batch, const char *why)
{
	output_none(ledger->output, batch->first);
	if (ledger->log->on)
		log_add(ledger->log, &slot->account,
		    &(struct log_entry){ .number = batch->first,
			.given_at = batch->given_at,
			.bytes_in = batch->len,
			.attempts = batch->attempts,
			.why = why,
			.why_len = strlen(why),
			.data = batch->data,
			.len = batch->len,
			.count = batch->count });
	name(ledger, slot,
	    &(struct failure){ .record = record_of(batch),
		.attempts = batch->attempts,
		.elsewhere = ledger->options->serve,
		.why = why });
	batch_free(batch);
}

/*
 * Tell of each record of a block that is done; its output is said to be the last's.  In a
 * joblog it is one job.
 */
static void
log_block(
    struct ledger *ledger, struct slot *slot, const struct batch *batch, size_t bytes)
{
	size_t at = 0;
	uint64_t one;

	if (ledger->log->joblog != NULL)
		log_add(ledger->log, &slot->account,
		    &(struct log_entry){ .number = batch->first,
			.given_at = batch->given_at,
			.bytes_in = batch->len,
			.bytes_out = bytes,
			.data = batch->data,
			.len = batch->len,
			.count = batch->count });
	if (ledger->log->joblog != NULL)
		return;
	for (uint64_t k = 0; k < batch->count; k++) {
		size_t len =
		    record_span(batch->data + at, batch->len - at, 1, SIZE_MAX, &one);

		log_add(ledger->log, &slot->account,
		    &(struct log_entry){ .number = batch_number(batch, k),
			.given_at = batch->given_at,
			.bytes_in = len,
			.bytes_out = k + 1 < batch->count ? 0 : bytes,
			.attempts = batch->attempts + 1 });
		at += len;
	}
}

void
ledger_block(
    struct ledger *ledger, struct slot *slot, const struct batch *batch, size_t bytes)
{
	if (ledger->log->on)
		log_block(ledger, slot, batch, (size_t)slot->voice.live + bytes);
	done(ledger, slot, batch->first, batch->count, bytes);
	/* In one line: it is heard of all of them or of none. */
	report(ledger, slot,
	    &(struct ack){
		.index = batch->first, .more = batch->count - 1, .bytes = bytes });
}
