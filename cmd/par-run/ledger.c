/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ledger.h"
#include "output.h"

const char ledger_unsaid[] = "failed";

void
ledger_flush(struct run *run)
{
	if (run->above.fd < 0 || ending_near(&run->ending) ||
	    output_waits(&run->output)) /* bytes go before the lines that count them */
		return;
	if (supervisor_flush(&run->above) < 0)
		ending_output(&run->ending, errno, run->output.name);
}

/* Tell the supervisor above, if there is one. */
static void
tell(struct run *run, struct slot *slot, const struct ack *ack)
{
	bool full;

	if (run->above.fd < 0 || ending_near(&run->ending))
		return;
	if (ack->run)
		full = supervisor_tell_run(
		    &run->above, ack->index, ack->more + 1, ack->bytes);
	else if (ack->fate == FATE_OK && ack->more == 0)
		full = supervisor_tell_ok(&run->above, ack->index, ack->bytes);
	else
		full = supervisor_tell(&run->above, ack);
	if (!full)
		return;
	if (slot != NULL)
		output_settle(&run->output, &slot->spout);
	output_wait(&run->output); /* there is no room for another line */
	ledger_flush(run);
}

/* Records from number on are done; nobody is told yet. */
static void
done(struct run *run, struct slot *slot, uint64_t number, uint64_t count, size_t bytes)
{
	slot->account.done += count;
	slot->account.bytes_out += bytes;
	run->tally.settled += count;
	restarts_progress(&run->restarts);
	output_done(&run->output, &slot->spout, number, count, bytes);
}

void
ledger_run(struct run *run, struct slot *slot, uint64_t number, const struct ack *part)
{
	const char *counts = part->counts;
	struct ack above = { .index = number, .bytes = part->bytes };

	done(run, slot, number, part->more + 1, part->bytes);
	if (run->above.fd < 0)
		return;
	if (run->above.runs == RUNS_SUMMED) {
		above.run = true;
		above.more = part->more;
		tell(run, slot, &above);
		return;
	}
	for (; above.index <= number + part->more; above.index++) {
		above.bytes = ack_count(&counts, 1);
		tell(run, slot, &above);
	}
}

/* Tell of the records that its worker did together, the last with so much output. */
static void
tell_joint(struct run *run, struct slot *slot, size_t bytes)
{
	tell(run, slot,
	    &(struct ack){
		.index = slot->joint_first, .more = slot->joint - 1, .bytes = bytes });
	slot->joint = 0;
}

void
ledger_done(
    struct run *run, struct slot *slot, uint64_t number, size_t bytes, uint64_t more)
{
	done(run, slot, number, 1, bytes);
	if (number != slot->joint_first + slot->joint)
		ledger_told(run, slot);
	if (slot->joint++ == 0)
		slot->joint_first = number;
	if (more == 0)
		tell_joint(run, slot, bytes);
}

void
ledger_told(struct run *run, struct slot *slot)
{
	if (slot->joint > 0)
		tell_joint(run, slot, 0);
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

/* Name it, or set it aside, here or above. */
static void
name(struct run *run, struct slot *slot, const struct failure *failure)
{
	const struct record *record = &failure->record;

	run->tally.failed++;
	run->tally.settled++;
	if (slot != NULL)
		slot->account.failed++;
	tell(run, slot,
	    &(struct ack){ .index = record->number,
		.bytes = failure->bytes,
		.fate = failure->elsewhere ? FATE_RETRY : FATE_FAIL,
		.reason = failure->why,
		.reason_len = strlen(failure->why) });
	if (run->above.fd >= 0)
		return;
	if (run->quarantine.fd < 0 || failure->cut)
		warn_record(record->data, record->len, failure->why);
	else if (quarantine_add(&run->quarantine, record, failure->attempts, failure->why,
		     slot == NULL ? "" : slot->worker.errors.last,
		     slot == NULL ? 0 : slot->worker.errors.last_len) < 0)
		ending_broken(&run->ending, errno, run->quarantine.path);
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
ledger_failed(struct run *run, struct slot *slot, struct batch *batch, size_t bytes,
    const char *why, size_t why_len)
{
	char text[ACK_LINE_MAX];

	snprintf(text, sizeof(text), "%.*s", (int)why_len, why);
	restarts_progress(&run->restarts);
	slot->account.bytes_out += bytes;
	output_done(&run->output, &slot->spout, batch->first, 1, bytes);
	name(run, slot,
	    &(struct failure){ .record = record_of(batch),
		.bytes = bytes,
		.attempts = batch->attempts + 1,
		.why = why_len > 0 ? text : ledger_unsaid });
	batch_free(batch);
}

void
ledger_refused(struct run *run, const struct record *record, bool cut, const char *why)
{
	output_none(&run->output, record->number);
	if (run->log.on)
		log_add(&run->log, NULL,
		    &(struct log_entry){
			.number = record->number, .why = why, .why_len = strlen(why) });
	run->tally.refused++;
	name(run, NULL, &(struct failure){ .record = *record, .cut = cut, .why = why });
}

void
ledger_give_up(struct run *run, struct slot *slot, struct batch *batch, const char *why)
{
	output_none(&run->output, batch->first);
	if (run->log.on)
		log_add(&run->log, &slot->account,
		    &(struct log_entry){ .number = batch->first,
			.given_at = batch->given_at,
			.progress_at = slot->progress_at,
			.bytes_in = batch->len,
			.attempts = batch->attempts,
			.why = why,
			.why_len = strlen(why) });
	name(run, slot,
	    &(struct failure){ .record = record_of(batch),
		.attempts = batch->attempts,
		.elsewhere = run->options->serve,
		.why = why });
	batch_free(batch);
}

/* Tell of each record of a block that is done; its output is said to be the last's. */
static void
log_block(struct run *run, struct slot *slot, const struct batch *batch, size_t bytes)
{
	size_t at = 0;
	uint64_t one;

	for (uint64_t k = 0; k < batch->count; k++) {
		size_t len =
		    record_span(batch->data + at, batch->len - at, 1, SIZE_MAX, &one);

		log_add(&run->log, &slot->account,
		    &(struct log_entry){ .number = batch_number(batch, k),
			.given_at = batch->given_at,
			.progress_at = slot->progress_at,
			.bytes_in = len,
			.bytes_out = k + 1 < batch->count ? 0 : bytes,
			.attempts = batch->attempts + 1 });
		at += len;
	}
}

void
ledger_block(struct run *run, struct slot *slot, const struct batch *batch, size_t bytes)
{
	if (run->log.on)
		log_block(run, slot, batch, bytes);
	for (uint64_t i = 0; i < batch->count; i++)
		done(run, slot, batch->first + i, 1, i + 1 < batch->count ? 0 : bytes);
	/* In one line: it is heard of all of them or of none. */
	tell(run, slot,
	    &(struct ack){
		.index = batch->first, .more = batch->count - 1, .bytes = bytes });
}
