/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collect.h"
#include "diag.h"
#include "move.h"

enum {
	READ_SIZE = 256 << 10,
	FLUSH_SIZE = 64 << 10, /* of output in memory, moved at once */
	STAYS_FROM = 64 << 10, /* of the output of a block: less is read as fast */
	LONG_SILENCE = 20, /* ms after which any output is taken into memory */
	LONGEST_CHECK = 64, /* ms between looks at a silent worker */
	LONGEST_PROBE = 16 /* ms between looks at one that is not yet known */
};

/* Of its output that was read, what it has not acknowledged. */
static uint64_t
unacknowledged(const struct slot *slot)
{
	uint64_t told = slot->spout.acked + slot->spout.early.bytes;
	uint64_t buffered = buffered_bytes(&slot->worker.buffered);

	return buffered > told ? buffered - told : 0;
}

/* Has it written more than all that it has may have for output? */
static void
check_limit(struct collect *collect, struct slot *slot)
{
	const struct worker *worker = &slot->worker;
	uint64_t records = worker->kind == WORKER_NATIVE ? worker->window.records : 1;

	if (collect->options->max_output != 0 && slot->place.cause == PLACE_NO_CAUSE &&
	    worker->kind != WORKER_PLAIN && worker->kind != WORKER_UNKNOWN &&
	    records > 0 && worker->window.records > 0 &&
	    unacknowledged(slot) / records > collect->options->max_output)
		breach_burst(collect->breach, slot, 0);
}

/* The command has shown what it is. */
static void
know(struct collect *collect, struct slot *slot)
{
	errors_let_go(&slot->worker.errors);
	if (slot->worker.kind != WORKER_PLAIN || worker_consumed(&slot->worker) > 0)
		restarts_together(collect->restarts);
	if (slot->worker.kind == WORKER_PLAIN) {
		place_event(&slot->place, PLACE_PLAIN);
		worker_mute(&slot->worker);
		account_done(&slot->account, slot->worker.window.records);
	} else {
		place_event(&slot->place, PLACE_KNOWN);
	}
	if (collect->nature->kind != WORKER_UNKNOWN)
		return;
	output_flush(collect->output,
	    &slot->spout); /* what was told counts output that must be there */
	nature_as(collect->nature, slot->worker.kind, &slot->worker.hello,
	    collect->pool->workers);
	output_begin(collect->output);
}

static void
bad_word(struct collect *collect, struct slot *slot)
{
	char what[WORKER_BAD_TEXT];

	(void)worker_bad_text(&slot->worker, what);
	if (collect->nature->kind == WORKER_UNKNOWN &&
	    slot->link.host == NULL) /* all of them will begin like that */
		ending_say(collect->ending, ENDING_NEVER, "%s", what);
	else
		breach_distrust(slot, what);
}

/* A supervisor below says that it runs a plain command. */
static void
withdrawn(struct collect *collect, struct slot *slot)
{
	bool others_tell = collect->nature->kind == WORKER_NATIVE;

	if (others_tell || buffered_filed(&slot->worker.buffered) > 0) {
		breach_distrust(slot,
		    others_tell ? "runs a plain command"
				: "is plain, and has written before it said so");
		return;
	}
	slot->worker.kind = WORKER_PLAIN;
	know(collect, slot);
	quantum_begin(&slot->quantum);
}

/* So many records of the worker are finished. */
static void
finished(struct collect *collect, struct slot *slot, uint64_t acks)
{
	if (acks == 0)
		return;
	window_trim(&slot->worker.window);
	if (slot->worker.window.records == 0)
		account_idle(&slot->account);
	account_progress(&slot->account, times_work(collect->times));
	allowance_credit(slot, acks);
	silence_broken(&slot->silence, collect->times->now, slot->worker.in >= 0);
}

bool
collect_hears(const struct collect *collect)
{
	return !ending_near(collect->ending) && !ledger_stuck(collect->ledger) &&
	    !checkpoint_is_late(collect->checkpoint);
}

/*
 * Is it heard on?  Of records that are done together all are: what is remembered in the
 * middle of them would be that they are done, without their output.
 */
static bool
hears_on(const struct collect *collect, const struct slot *slot)
{
	return collect_hears(collect) ||
	    (slot->worker.group_ack_left > 0 && !ending_near(collect->ending));
}

/* What it says of a record, or of several; false if it broke a rule. */
static bool
take_told(struct collect *collect, struct slot *slot, struct ack *ack)
{
	char text[WORKER_ILL_TEXT];
	const char *wrong = ack->run ? acks_take_run(collect->acks, slot, ack, text)
				     : acks_take(collect->acks, slot, ack, text);

	if (wrong != NULL) {
		breach_refuse(collect->breach, slot, ack, wrong);
		return false;
	}
	if (slot->spout.acked >= FLUSH_SIZE && buffered_bytes(&slot->worker.buffered) > 0)
		output_flush(collect->output, &slot->spout);
	return true;
}

/* What it says of itself; false if nothing more of it is heard. */
static bool
take_standing(struct collect *collect, struct slot *slot, enum worker_word word)
{
	switch (word) {
	case WORD_HELLO:
		if (!slot->worker.hello.waits)
			allowance_hello(slot);
		overdue_hello(collect->overdue, slot);
		know(collect, slot);
		return true;
	case WORD_PLAIN:
		withdrawn(collect, slot);
		return false;
	case WORD_BAD:
		bad_word(collect, slot);
		return false;
	case WORD_WRONG:
		breach_distrust(slot, slot->worker.wrong);
		return false;
	case WORD_UNSURE:
		return true;
	case WORD_NONE:
	case WORD_END:
	case WORD_TRACE:
	case WORD_ACK:
		break;
	}
	return false;
}

void
collect_words(struct collect *collect, struct slot *slot)
{
	uint64_t acks = 0;
	struct ack ack;
	bool goes_on = true;

	while (goes_on && hears_on(collect, slot)) {
		enum worker_word word = worker_hear(&slot->worker, &ack);

		if (word == WORD_TRACE) {
			trace_take(
			    collect->trace, &slot->account, ack.reason, ack.reason_len);
		} else if (word != WORD_ACK) {
			goes_on = take_standing(collect, slot, word);
		} else if (ack.outcome == OUTCOME_PART) {
			goes_on = lines_part(collect->lines, slot, &ack);
			if (!goes_on)
				breach_distrust(slot, "told of output that is no lines");
		} else if (ack.outcome == OUTCOME_KEPT) {
			goes_on = results_came(collect->acks->results, slot, &ack);
			if (!goes_on)
				breach_distrust(slot, "told of no output that is kept");
		} else {
			acks += ack.run ? ack.more + 1 : 1;
			goes_on = take_told(collect, slot, &ack);
		}
	}
	output_flush(collect->output, &slot->spout);
	finished(collect, slot, acks);
}

/* Each line that a mapping worker has written is a record done; from: what is new. */
static void
take_lines(struct collect *collect, struct slot *slot, size_t from)
{
	struct worker *worker = &slot->worker;
	uint64_t told = slot->spout.acked + slot->spout.early.bytes;
	uint64_t filed = buffered_filed(&worker->buffered), lines = 0;
	uint64_t before = told < filed ? filed - told : 0; /* of it, in the file */
	size_t begin = worker->buffered.start, end = worker->buffered.end;
	char text[WORKER_ILL_TEXT];
	const char *newline;

	if (told > filed)
		begin += (size_t)(told - filed);
	while (from < end && !ending_near(collect->ending) &&
	    (newline = memchr(worker->buffered.data + from, '\n', end - from)) != NULL) {
		size_t next = (size_t)(newline + 1 - worker->buffered.data);
		struct ack ack = { .index = slot->reading.lines,
			.bytes = before + next - begin };

		if (acks_take(collect->acks, slot, &ack, text) != NULL)
			ending_add(
			    collect->ending, ENDING_NO_MAP, 0, "a line too many came");
		reading_line(&slot->reading);
		lines++;
		before = 0;
		from = begin = next; /* the buffer moves nothing before it is empty */
	}
	output_flush(collect->output, &slot->spout);
	finished(collect, slot, lines);
}

/*
 * See whether it shows that it is a plain command.  Where others have said hello it is
 * none: what it does can be told from nothing that it says.
 */
static void
look_what_it_is(struct collect *collect, struct slot *slot)
{
	const char *shows = worker_shows(&slot->worker);

	if (shows == NULL || slot->place.state == PLACE_DYING)
		return;
	collect_words(collect, slot);
	if (!worker_is_unknown(&slot->worker) || !collect_hears(collect))
		return;
	if (collect->nature->kind == WORKER_NATIVE) {
		breach_distrust(slot, shows);
		return;
	}
	slot->worker.kind = WORKER_PLAIN;
	know(collect, slot);
	if (worker_consumed(&slot->worker) > 0)
		quantum_begin(&slot->quantum);
}

int
collect_output(struct collect *collect, struct slot *slot)
{
	struct buffered *buffered = &slot->worker.buffered;
	uint64_t before = buffered_bytes(buffered);
	size_t from;
	int got;

	got = worker_absorb(&slot->worker, READ_SIZE);
	if (got < 0 && errno == ENOMEM)
		return ending_broken(collect->ending, errno, "output of a worker");
	if (got < 0 && errno != ENODATA) {
		breach_burst(collect->breach, slot, errno);
		return -1;
	}
	from =
	    buffered->end - (size_t)(buffered_bytes(buffered) - before); /* what is new */
	look_what_it_is(collect, slot);
	if (got > 0 && slot->worker.kind == WORKER_BLOCK && !collect->options->raw &&
	    !collect->block_end->told && !slot->reading.nul)
		reading_nul(&slot->reading,
		    memchr(buffered->data + from, '\0', buffered->end - from) != NULL);
	if (got > 0 && slot->worker.kind == WORKER_BLOCK &&
	    lines_came(collect->lines, slot, from) < 0) {
		breach_burst(collect->breach, slot, errno);
		return -1;
	}
	if (got > 0 && slot->worker.kind == WORKER_MAP)
		take_lines(collect, slot, from);
	if (got > 0 && slot->worker.kind == WORKER_PLAIN) {
		account_progress(&slot->account, times_work(collect->times));
		plain_pass(collect->plain, slot, from);
	}
	check_limit(collect, slot);
	return got;
}

/*
 * Is its output, which waits in its pipe, to be read?  It may be too much for that, as
 * that of a block is where no more has come; or it has been silent for long, ms.
 */
static bool
is_to_be_read(struct slot *slot, uint64_t silent)
{
	size_t waiting = move_pending(slot->worker.out);
	size_t before = reading_waiting(&slot->reading, waiting);
	bool stands = slot->worker.kind != WORKER_BLOCK || waiting == before;

	return (stands && waiting >= slot->worker.out_room / 2) ||
	    (waiting > 0 && silent > LONG_SILENCE);
}

/* How long to wait, ms, before a silent worker is looked at once more. */
static uint64_t
next_pause(const struct slot *slot, bool known)
{
	uint64_t pause = slot->silence.pause;

	if (!known)
		return pause < LONGEST_PROBE ? 2 * pause : LONGEST_PROBE;
	if (pause >= LONGEST_CHECK)
		return pause;
	/* One that reads ahead may have read all at any moment. */
	return allowance_reads_ahead(&slot->worker) ? pause + 1 : 2 * pause;
}

void
collect_check(struct collect *collect, struct slot *slot)
{
	bool soon = silent_check(collect->silent, slot);
	bool known = slot->worker.kind != WORKER_UNKNOWN;
	uint64_t pause;

	quantum_check(&slot->quantum, &slot->worker);
	if (!known)
		look_what_it_is(collect, slot);
	pause = next_pause(slot, known);
	/* What was acknowledged is in the way, and the reader's to take. */
	if (worker_is_counted(&slot->worker) && !output_absorbs(&slot->spout) &&
	    slot->spout.acked == 0)
		output_absorb(&slot->spout, is_to_be_read(slot, pause));
	if (slot->worker.kind == WORKER_PLAIN)
		pause = 2;
	silence_look(&slot->silence, collect->times->now, soon ? 1 : pause);
}

/*
 * Look at the output of a block, len bytes in its pipe: is it records, or need it be
 * none?  Or else it has to be read.
 */
static bool
is_as_it_goes_out(const struct collect *collect, struct slot *slot, size_t len)
{
	bool told = collect->block_end->told;

	return collect->options->raw ||
	    worker_scan(&slot->worker, len, told ? NULL : &slot->reading.nul) == '\n';
}

/* Can the output of a process that did its block go out from its pipe? */
static bool
stays_piped(const struct collect *collect, struct slot *slot)
{
	struct worker *worker = &slot->worker;
	const struct flight *block = worker->window.head;
	size_t buffered, known = slot->reading.piped;

	reading_piped(&slot->reading, 0);
	if (worker->kind != WORKER_BLOCK || output_absorbs(&slot->spout) ||
	    worker->out < 0 || buffered_bytes(&worker->buffered) > 0 || block == NULL ||
	    worker_failed(worker) || collect->options->max_output != 0 ||
	    !output_is_next(collect->output, &slot->spout, block->batch->first))
		return false;
	buffered = move_pending(worker->out);
	if (buffered < STAYS_FROM || buffered == MOVE_SOME ||
	    (buffered != known && !is_as_it_goes_out(collect, slot, buffered)))
		return false;
	reading_piped(&slot->reading, buffered);
	return true;
}

/* How many bytes of what it wrote were taken out of its pipe, without tags. */
static uint64_t
taken(const struct slot *slot)
{
	return worker_taken(&slot->worker) - slot->voice.added;
}

void
collect_rest(struct collect *collect, struct slot *slot)
{
	uint64_t all;
	int got = 1;

	if (stays_piped(collect, slot))
		return;
	if (slot->worker.kind == WORKER_UNKNOWN || slot->worker.kind == WORKER_NATIVE)
		collect_words(collect, slot);
	look_what_it_is(collect, slot);
	/* What it wrote waits there now; what it left behind may go on and on. */
	all = taken(slot) + (slot->worker.out < 0 ? 0 : move_pending(slot->worker.out));
	while (slot->worker.kind != WORKER_NATIVE && !slot->worker.unsure &&
	    slot->worker.out >= 0 && got > 0 && taken(slot) < all)
		got = collect_output(collect, slot);
	/* What there was no room for is not all of its last line. */
	if (slot->worker.kind == WORKER_MAP && !worker_failed(&slot->worker) &&
	    slot->place.cause != PLACE_BURST && worker_end_line(&slot->worker))
		take_lines(collect, slot, slot->worker.buffered.end - 1);
}

void
collect_end(struct collect *collect, struct slot *slot)
{
	char text[WORKER_ILL_TEXT], why[WORKER_ILL_TEXT + 60];
	const char *wrong;

	/* Told to end it may leave what it likes. */
	if (slot->place.state != PLACE_ENDING || collect->gate->phase != PHASE_RUN)
		return;
	wrong = worker_ill_end(&slot->worker, text);
	if (wrong == NULL)
		return;
	snprintf(why, sizeof(why), "after record %llu: %s",
	    (unsigned long long)slot->reading.told + 1, wrong);
	breach_refuse(collect->breach, slot, NULL, why);
}
