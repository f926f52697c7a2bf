/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "collect.h"
#include "dispatch.h"
#include "fate.h"
#include "gate.h"
#include "known.h"
#include "ledger.h"
#include "move.h"
#include "output.h"
#include "overdue.h"
#include "printable.h"
#include "silent.h"

enum {
	READ_SIZE = 256 << 10,
	SETTLE_SIZE = 64 << 10, /* of output in memory, moved at once */
	LONG_SILENCE = 20, /* ms after which any output is taken into memory */
	LONGEST_CHECK = 64, /* ms between looks at a silent worker */
	LONGEST_PROBE = 16 /* ms between looks at one that is not yet known */
};

/* It is to say and do nothing more. */
static void
end_now(struct slot *slot, enum place_cause cause)
{
	place_tell(&slot->place, cause);
	worker_signal(&slot->worker, SIGKILL);
	worker_silence(&slot->worker);
}

/* The worker breaks the protocol: nothing that it says can be relied on. */
static void
distrust(struct slot *slot, const char *what)
{
	if (slot->host != NULL) {
		slot->host->refused = true;
		warn("%s: %s", slot->host->name, what);
	} else {
		warn("worker %u: %s; killed", slot->worker.number, what);
	}
	end_now(slot, PLACE_DISTRUSTED);
}

static void
too_much(const struct run *run, char text[static WORKER_ILL_TEXT])
{
	snprintf(text, WORKER_ILL_TEXT, "its output is longer than %llu bytes",
	    (unsigned long long)run->options->max_output);
}

/*
 * The stage breaks the rules, by ack or, if that is NULL, at its end; any copy of it
 * would.  What it was right about goes out, and the run ends.
 */
static void
refuse(struct run *run, struct slot *slot, const struct ack *ack, const char *what)
{
	struct flight *flight =
	    ack == NULL ? NULL : window_find(&slot->worker.window, ack->index);
	struct batch *record = flight == NULL ? NULL : window_record(flight, ack->index);
	char shown[80], why[WORKER_ILL_TEXT + 120];

	snprintf(why, sizeof(why), "%s", what);
	if (record != NULL) {
		printable(shown, sizeof(shown), record->data, record->len - 1);
		snprintf(why, sizeof(why), "record %llu (%s): %s",
		    (unsigned long long)record->first + 1, shown, what);
		batch_free(record);
	}
	if (slot->host != NULL || (ack != NULL && flight == NULL)) {
		distrust(slot, why);
		return;
	}
	gate_give_in(run, why);
	run->never = true;
	end_now(slot, PLACE_REFUSED);
}

/*
 * Its output cannot be taken: by errno there is no room for it, or there is too much of
 * it.  It is ended, and the record is to blame.
 */
static void
burst(struct run *run, struct slot *slot, int error)
{
	output_clear(&run->output, &slot->spout);
	if (error != 0)
		worker_lost_text(error, slot->burst);
	else
		too_much(run, slot->burst);
	slot->burst_final = error == 0;
	if (slot->worker.window.records > 0)
		slot->late = window_oldest(&slot->worker.window);
	end_now(slot, PLACE_BURST);
	worker_hang_up(&slot->worker);
}

/* Of its output that was read, what it has not acknowledged. */
static uint64_t
unsettled(const struct slot *slot)
{
	uint64_t told = slot->spout.acked + slot->spout.kept.bytes;
	uint64_t held = hold_bytes(&slot->worker.hold);

	return held > told ? held - told : 0;
}

/* Has it written more than all that it has may have for output? */
static void
check_limit(struct run *run, struct slot *slot)
{
	const struct worker *worker = &slot->worker;
	uint64_t records = worker->kind == WORKER_NATIVE ? worker->window.records : 1;

	if (run->options->max_output != 0 && slot->place.cause == PLACE_UNTOLD &&
	    worker->kind != WORKER_PLAIN && worker->kind != WORKER_UNKNOWN &&
	    records > 0 && worker->window.records > 0 &&
	    unsettled(slot) / records > run->options->max_output)
		burst(run, slot, 0);
}

/* The next bytes of its output, acknowledged, come out nowhere. */
static void
skip_output(struct run *run, struct slot *slot, uint64_t bytes)
{
	output_clear(&run->output, &slot->spout);
	if (worker_skip(&slot->worker, bytes) < 0)
		ending_broken(
		    &run->ending, errno == ENODATA ? 0 : errno, output_overdrawn);
}

/* Is the output that ack counts as it should be?  NULL, or what is wrong, as text. */
static const char *
check_output(struct run *run, struct slot *slot, const struct ack *ack,
    char text[static WORKER_ILL_TEXT])
{
	uint64_t before = slot->spout.acked + slot->spout.kept.bytes;
	uint64_t held = hold_bytes(&slot->worker.hold);

	if ((slot->worker.kind != WORKER_NATIVE && !slot->worker.unsure) ||
	    ack->bytes == 0)
		return NULL;
	/* What cannot be seen is looked at where it is first. */
	if (before > held && !worker_sees(&slot->worker, before + ack->bytes - 1)) {
		output_settle(&run->output, &slot->spout);
		before = slot->spout.acked;
	}
	return worker_ill(&slot->worker, before, ack, text);
}

/*
 * Is the output that ack counts more than a record may have, or is there no room for
 * it?  Then it comes out nowhere, and *failed stands for ack.  NULL, or what is wrong
 * with it.
 */
static const char *
limit_output(struct run *run, struct slot *slot, uint64_t number, const struct ack **ack,
    struct ack *failed, char text[static WORKER_ILL_TEXT])
{
	struct worker *worker = &slot->worker;
	uint64_t bytes = (*ack)->bytes, all = bytes, most = run->options->max_output;
	const char *wrong;

	/* What is true of it is true of all records done together. */
	if (worker->joint_left > 0 && worker->joint.bytes > all)
		all = worker->joint.bytes;
	*failed = (struct ack){ .index = (*ack)->index, .fate = FATE_FAIL };
	if (most != 0 && all > most && (*ack)->fate != FATE_RETRY) {
		too_much(run, text);
	} else {
		wrong = check_output(run, slot, *ack, text);
		if (wrong == NULL && bytes > 0 && (*ack)->fate != FATE_RETRY &&
		    output_room(&run->output, &slot->spout, number, bytes) < 0) {
			worker->lost = errno;
			wrong = worker_lost_text(errno, text);
		} else if (wrong == NULL) {
			return NULL;
		}
		if (worker->lost == 0)
			return wrong;
		failed->fate = FATE_RETRY;
	}
	skip_output(run, slot, bytes);
	failed->reason = text;
	failed->reason_len = strlen(text);
	*ack = failed;
	return NULL;
}

/* Is ack of a record that is done, whose output can be seen to be right, at once? */
static inline bool
is_plain(struct run *run, struct slot *slot, uint64_t number, const struct ack *ack)
{
	uint64_t before = slot->spout.acked + slot->spout.kept.bytes;

	return ack->fate == FATE_OK && ack->bytes > 0 && run->options->max_output == 0 &&
	    slot->worker.kind == WORKER_NATIVE &&
	    worker_glance(&slot->worker, before + ack->bytes - 1) == '\n' &&
	    (!run->output.in_order ||
		output_room(&run->output, &slot->spout, number, ack->bytes) == 0);
}

/* Tell of a record that is done or failed for good. */
static void
log_ack(struct run *run, struct slot *slot, struct flight *flight, const struct ack *ack)
{
	bool done = ack->fate == FATE_OK, words = ack->reason_len > 0;

	log_add(&run->log, &slot->account,
	    &(struct log_entry){
		.number = batch_number(flight->batch, ack->index - flight->base),
		.given_at = flight->batch->given_at,
		.progress_at = slot->progress_at,
		.bytes_in = window_record_len(flight, ack->index),
		.bytes_out = ack->bytes,
		.attempts = flight->batch->attempts + 1,
		.why = done ? NULL
		    : words ? ack->reason
			    : ledger_unsaid,
		.why_len = done || words ? ack->reason_len : strlen(ledger_unsaid) });
}

/*
 * A host could not do a block, and says so of each of its records: it is tried again as
 * a whole.  Nothing is taken of it before the last of them.
 */
static const char *
take_block_back(
    struct run *run, struct slot *slot, struct flight *flight, const struct ack *ack)
{
	struct batch *batch = flight->batch, *whole;

	if (ack->index - flight->base != slot->put_back || flight->done > 0 ||
	    ack->bytes > 0)
		return "does not tell of a block as a whole";
	if (++slot->put_back < batch->count)
		return NULL;
	slot->put_back = 0;
	whole = batch_slice(batch, 0, batch->count, 0);
	if (whole == NULL) {
		ending_broken(&run->ending, ENOMEM, "record");
		return NULL;
	}
	/* In order there is nothing that needs memory. */
	for (uint64_t k = 0; k < batch->count; k++)
		window_done(&slot->worker.window, flight, flight->base + k);
	fate_retry(run, slot, whole, ack->reason, ack->reason_len);
	return NULL;
}

/* What an acknowledgement that was found right says of record number is so. */
static void
heed(struct run *run, struct slot *slot, struct flight *flight, const struct ack *ack,
    uint64_t number)
{
	struct batch *record =
	    ack->fate == FATE_OK ? NULL : window_record(flight, ack->index);

	if ((ack->fate != FATE_OK && record == NULL) ||
	    window_done(&slot->worker.window, flight, ack->index) == UINT64_MAX) {
		batch_free(record);
		ending_broken(&run->ending, ENOMEM, "window");
		return;
	}
	if (ack->fate != FATE_RETRY)
		keys_done(&run->keys, flight->batch, ack->index - flight->base);
	if (run->log.on && ack->fate != FATE_RETRY)
		log_ack(run, slot, flight, ack);
	switch (ack->fate) {
	case FATE_OK:
		halving_done(&run->halving, flight->batch->piece);
		ledger_done(run, slot, number, ack->bytes, ack->more);
		break;
	case FATE_FAIL:
		ledger_failed(
		    run, slot, record, ack->bytes, ack->reason, ack->reason_len);
		break;
	case FATE_RETRY:
		skip_output(run, slot, ack->bytes);
		fate_retry(run, slot, record, ack->reason, ack->reason_len);
		break;
	}
	slot->told = number;
}

/* Take an acknowledgement; NULL, or what is wrong with it, maybe written to text. */
static const char *
take_ack(struct run *run, struct slot *slot, const struct ack *ack,
    char text[static WORKER_ILL_TEXT])
{
	struct flight *flight = window_find(&slot->worker.window, ack->index);
	const char *wrong;
	struct ack failed;
	uint64_t number;

	if (flight == NULL)
		return worker_no_record;
	if (worker_unsaid(&slot->worker, ack) && run_in_order(run) &&
	    !window_neighbours(&slot->worker.window, ack->index, ack->index + ack->more))
		return worker_apart;
	number = batch_number(flight->batch, ack->index - flight->base);
	wrong = is_plain(run, slot, number, ack)
	    ? NULL
	    : limit_output(run, slot, number, &ack, &failed, text);
	if (wrong != NULL || ending_near(&run->ending))
		return wrong;
	if (run->kind == WORKER_UNKNOWN) /* by one that is unsure, and right already */
		output_begin(&run->output);
	if (ack->fate == FATE_RETRY && slot->host != NULL &&
	    run->options->block_records != 0)
		return take_block_back(run, slot, flight, ack);
	heed(run, slot, flight, ack, number);
	return NULL;
}

/* A part of a run was found right, whose first record is number: so it is. */
static void
heed_part(struct run *run, struct slot *slot, struct flight *flight,
    const struct ack *part, uint64_t number)
{
	uint64_t k = part->index - flight->base, last = k + part->more;

	if (window_done_part(&slot->worker.window, flight, part->index, part->more + 1) <
	    0) {
		ending_broken(&run->ending, ENOMEM, "window");
		return;
	}
	slot->told = batch_number(flight->batch, last);
	for (; keys_on(&run->keys) && k <= last; k++)
		keys_done(&run->keys, flight->batch, k);
	ledger_run(run, slot, number, part);
}

/*
 * Take the part of a run that is in flight, with its output.  One that *failed stands for
 * already is lost, as what follows on output that could not be put aside.
 */
static const char *
take_part(struct run *run, struct slot *slot, struct flight *flight,
    const struct ack *part, struct ack *failed, char text[static WORKER_ILL_TEXT])
{
	uint64_t number = batch_number(flight->batch, part->index - flight->base);
	const struct ack *taken = failed->reason != NULL ? failed : part;
	const char *wrong = NULL;

	if (taken == part && part->bytes > 0 && !is_plain(run, slot, number, part))
		wrong = limit_output(run, slot, number, &taken, failed, text);
	if (wrong != NULL || ending_near(&run->ending))
		return wrong;
	if (run->kind == WORKER_UNKNOWN)
		output_begin(&run->output);
	if (taken == part) {
		heed_part(run, slot, flight, part, number);
		return NULL;
	}
	for (uint64_t i = 0; i <= part->more && !ending_near(&run->ending); i++) {
		failed->index = part->index + i;
		heed(run, slot, flight, failed,
		    batch_number(flight->batch, failed->index - flight->base));
	}
	return NULL;
}

/* Does somebody want to hear of each record, with its output? */
static bool
hears_singly(const struct run *run)
{
	return run->log.on || run->options->max_output != 0 ||
	    (run->above.fd >= 0 && run->above.runs == RUNS_NONE);
}

/*
 * Take a run.  NULL, or what is wrong, and then *ack is what it is wrong of.  Where only
 * the bytes of all are known they go with the first part, and are lost with it.
 */
static const char *
take_run(struct run *run, struct slot *slot, struct ack *ack,
    char text[static WORKER_ILL_TEXT])
{
	bool singly = hears_singly(run), places = run_has_places(run);
	struct ack part = { .index = ack->index, .run = true, .bytes = ack->bytes };
	struct ack failed = { 0 };
	uint64_t left = ack->more + 1;
	const char *counts = ack->counts, *wrong = NULL;

	for (; left > 0 && wrong == NULL && !ending_near(&run->ending);
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
		wrong = singly ? take_ack(run, slot, &part, text)
			       : take_part(run, slot, flight, &part, &failed, text);
		if (wrong != NULL)
			*ack = part;
		if (counts == NULL)
			part.bytes = 0;
	}
	return wrong;
}

/* The command has shown what it is. */
static void
know(struct run *run, struct slot *slot)
{
	if (slot->worker.kind == WORKER_PLAIN) {
		place_event(&slot->place, PLACE_PLAIN);
		worker_mute(&slot->worker);
		slot->account.done += slot->worker.window.records;
	} else {
		place_event(&slot->place, PLACE_KNOWN);
	}
	if (run->kind != WORKER_UNKNOWN)
		return;
	output_settle(&run->output,
	    &slot->spout); /* what was told counts output that must be there */
	known_as(run, slot->worker.kind, &slot->worker.hello);
	output_begin(&run->output);
}

static void
bad_word(struct run *run, struct slot *slot)
{
	char line[200], what[300];
	size_t len;
	const char *bad = worker_bad_line(&slot->worker, &len);

	printable(line, sizeof(line), bad, len);
	snprintf(what, sizeof(what), "not a line of par-stage(7): %s", line);
	if (run->kind == WORKER_UNKNOWN &&
	    slot->host == NULL) /* all of them will begin like that */
		ending_say(&run->ending, ENDING_BROKEN, "%s", what);
	else
		distrust(slot, what);
}

/* A supervisor below says that it runs a plain command. */
static void
withdrawn(struct run *run, struct slot *slot)
{
	if (hold_filed(&slot->worker.hold) > 0) {
		distrust(slot, "is plain, and has written before it said so");
		return;
	}
	slot->worker.kind = WORKER_PLAIN;
	know(run, slot);
	slot->writable = true;
}

/* So many records are finished. */
static void
finished(struct run *run, struct slot *slot, uint64_t acks)
{
	if (acks == 0)
		return;
	window_trim(&slot->worker.window);
	if (slot->worker.window.records == 0)
		account_idle(&slot->account);
	slot->progress_at = times_work(&run->times);
	if (slot->worker.in >= 0)
		slot->stuffed = false;
	dispatch_credit(slot, acks);
	slot->check_wait = 1;
	slot->check_at = run->times.now + 2;
}

bool
collect_hears(const struct run *run)
{
	return !ending_near(&run->ending) &&
	    (run->above.fd < 0 || run->above.framed || !output_waits(&run->output));
}

void
collect_words(struct run *run, struct slot *slot)
{
	uint64_t acks = 0;
	struct ack ack;
	enum worker_word word;
	char text[WORKER_ILL_TEXT];
	const char *wrong;

	while (collect_hears(run) &&
	    (word = worker_hear(&slot->worker, &ack)) != WORD_NONE && word != WORD_END) {
		if (word == WORD_HELLO) {
			if (slot->worker.hello.waits)
				dispatch_waits(slot);
			else
				dispatch_hello(slot);
			overdue_hello(run, slot);
			know(run, slot);
			continue;
		}
		if (word == WORD_UNSURE)
			continue;
		if (word == WORD_PLAIN) {
			withdrawn(run, slot);
			break;
		}
		if (word == WORD_BAD) {
			bad_word(run, slot);
			break;
		}
		if (word == WORD_WRONG) {
			distrust(slot, slot->worker.wrong);
			break;
		}
		acks += ack.run ? ack.more + 1 : 1;
		wrong = ack.run ? take_run(run, slot, &ack, text)
				: take_ack(run, slot, &ack, text);
		if (wrong != NULL) {
			refuse(run, slot, &ack, wrong);
			break;
		}
		if (slot->spout.acked >= SETTLE_SIZE &&
		    hold_bytes(&slot->worker.hold) > 0)
			output_settle(&run->output, &slot->spout);
	}
	output_settle(&run->output, &slot->spout);
	finished(run, slot, acks);
}

/* Drop the rest of a record that was too long, in what came last. */
static void
drop_torn(struct run *run, struct slot *slot)
{
	struct hold *hold = &slot->worker.hold;
	const char *from, *newline;

	output_clear(&run->output, &slot->spout);
	from = hold_at(hold);
	newline = memchr(from, '\n', hold->end - hold->start);
	slot->torn = newline == NULL;
	worker_release(&slot->worker,
	    newline == NULL ? hold->end - hold->start : (size_t)(newline - from) + 1);
}

/* Pass on the whole records that a plain worker has written; from: what is new. */
static void
pass_whole(struct run *run, struct slot *slot, size_t from)
{
	struct hold *hold = &slot->worker.hold;
	const char *newline = memrchr(hold->data + from, '\n', hold->end - from);
	size_t len;

	if (newline != NULL) {
		len =
		    (size_t)(newline + 1 - hold->data) - hold->start - slot->spout.acked;
		slot->account.bytes_out += len;
		restarts_progress(&run->restarts);
		output_add(&run->output, &slot->spout, len);
	}
	if (hold->end - hold->start - slot->spout.acked <= run->options->max_record)
		return;
	warn("worker %u: dropped an output record longer than %llu bytes",
	    slot->worker.number, (unsigned long long)run->options->max_record);
	run->trouble = true;
	drop_torn(run, slot);
}

/* Each line that a mapping worker has written is a record done; from: what is new. */
static void
take_lines(struct run *run, struct slot *slot, size_t from)
{
	struct worker *worker = &slot->worker;
	uint64_t told = slot->spout.acked + slot->spout.kept.bytes;
	uint64_t filed = hold_filed(&worker->hold), lines = 0;
	uint64_t before = told < filed ? filed - told : 0; /* of it, in the file */
	size_t begin = worker->hold.start, end = worker->hold.end;
	char text[WORKER_ILL_TEXT];
	const char *newline;

	if (told > filed)
		begin += (size_t)(told - filed);
	while (from < end && !ending_near(&run->ending) &&
	    (newline = memchr(worker->hold.data + from, '\n', end - from)) != NULL) {
		size_t next = (size_t)(newline + 1 - worker->hold.data);
		struct ack ack = { .index = slot->lines, .bytes = before + next - begin };

		if (take_ack(run, slot, &ack, text) != NULL)
			ending_add(
			    &run->ending, ENDING_NO_MAP, 0, "a line too many came");
		slot->lines++;
		lines++;
		before = 0;
		from = begin = next; /* the hold moves nothing before it is empty */
	}
	output_settle(&run->output, &slot->spout);
	finished(run, slot, lines);
}

int
collect_output(struct run *run, struct slot *slot)
{
	struct hold *hold = &slot->worker.hold;
	uint64_t before = hold_bytes(hold);
	size_t from;
	int got;

	got = worker_absorb(&slot->worker, READ_SIZE);
	if (got < 0 && errno == ENOMEM)
		return ending_broken(&run->ending, errno, "output of a worker");
	if (got < 0 && errno != ENODATA) {
		burst(run, slot, errno);
		return -1;
	}
	from = hold->end - (size_t)(hold_bytes(hold) - before); /* what is new */
	if (got > 0 && slot->worker.kind == WORKER_UNKNOWN) {
		collect_words(run, slot);
		if (slot->worker.kind == WORKER_UNKNOWN && !slot->worker.unsure) {
			slot->worker.kind = WORKER_PLAIN; /* output before any hello */
			know(run, slot);
		}
	}
	if (got > 0 && slot->worker.kind == WORKER_BLOCK && !run->options->raw &&
	    !run->raw_told && !slot->nul)
		slot->nul = memchr(hold->data + from, '\0', hold->end - from) != NULL;
	if (got > 0 && slot->worker.kind == WORKER_MAP)
		take_lines(run, slot, from);
	if (got > 0 && slot->worker.kind == WORKER_PLAIN) {
		slot->progress_at = times_work(&run->times);
		if (slot->torn)
			drop_torn(run, slot);
		else
			pass_whole(run, slot, from);
	}
	check_limit(run, slot);
	return got;
}

/* Is it a plain one?  It is if it reads, and has not said hello before. */
static void
probe(struct run *run, struct slot *slot)
{
	if (worker_consumed(&slot->worker) > 0) {
		collect_words(run, slot);
		if (slot->worker.kind == WORKER_UNKNOWN && !slot->worker.unsure) {
			slot->worker.kind = WORKER_PLAIN;
			know(run, slot);
			slot->writable = true;
		}
	}
	slot->check_wait =
	    slot->check_wait < LONGEST_PROBE ? 2 * slot->check_wait : LONGEST_PROBE;
}

void
collect_check(struct run *run, struct slot *slot)
{
	bool soon = silent_check(run, slot);
	size_t waiting;

	dispatch_check(slot);
	if (slot->worker.kind == WORKER_UNKNOWN) {
		probe(run, slot);
	} else if (slot->check_wait < LONGEST_CHECK) {
		/* One that reads ahead may have read all at any moment. */
		slot->check_wait +=
		    dispatch_reads_ahead(&slot->worker) ? 1 : slot->check_wait;
	}
	/* What was acknowledged is in the way, and the reader's to take. */
	if (slot->worker.kind == WORKER_NATIVE && !slot->spout.absorbing &&
	    slot->spout.acked == 0) {
		waiting = move_held(slot->worker.out);
		slot->spout.absorbing = waiting >= slot->worker.out_room / 2 ||
		    (waiting > 0 && slot->check_wait > LONG_SILENCE);
	}
	if (slot->worker.kind == WORKER_PLAIN)
		slot->check_wait = 2;
	if (soon)
		slot->check_wait = 1;
	slot->check_at = run->times.now + slot->check_wait;
}

void
collect_rest(struct run *run, struct slot *slot)
{
	uint64_t all;
	int got = 1;

	if (slot->worker.kind == WORKER_UNKNOWN || slot->worker.kind == WORKER_NATIVE)
		collect_words(run, slot);
	/* What it wrote waits there now; what it left behind may go on and on. */
	all = worker_taken(&slot->worker) +
	    (slot->worker.out < 0 ? 0 : move_held(slot->worker.out));
	while (slot->worker.kind != WORKER_NATIVE && !slot->worker.unsure &&
	    slot->worker.out >= 0 && got > 0 && worker_taken(&slot->worker) < all)
		got = collect_output(run, slot);
	if (slot->worker.kind == WORKER_MAP && slot->worker.exit_code == 0 &&
	    slot->worker.exit_signal == 0 && worker_end_line(&slot->worker))
		take_lines(run, slot, slot->worker.hold.end - 1);
}

void
collect_end(struct run *run, struct slot *slot)
{
	char text[WORKER_ILL_TEXT], why[WORKER_ILL_TEXT + 60];
	const char *wrong;

	/* Told to end it may leave what it likes. */
	if (slot->place.state != PLACE_ENDING || run->phase != PHASE_RUN)
		return;
	wrong = worker_ill_end(&slot->worker, text);
	if (wrong == NULL)
		return;
	snprintf(why, sizeof(why), "after record %llu: %s",
	    (unsigned long long)slot->told + 1, wrong);
	refuse(run, slot, NULL, why);
}

void
collect_last(struct run *run, struct slot *slot)
{
	const struct hold *hold = &slot->worker.hold;
	size_t len = hold->end - hold->start - slot->spout.acked;

	if (len == 0 || slot->torn)
		return;
	if (!worker_end_line(&slot->worker)) {
		ending_broken(&run->ending, ENOMEM, "output of a worker");
		return;
	}
	output_add(&run->output, &slot->spout, len + 1);
}
