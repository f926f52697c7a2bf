/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "child.h"
#include "clock.h"
#include "diag.h"
#include "move.h"
#include "printable.h"
#include "suspects.h"

enum {
	MOST_BYTES = 4 << 20, /* taken, or in flight, if more than one chunk */
	STAGE_PIPE = 256 << 10,
	READ_SIZE = 256 << 10,
	LEAST_END = 2000, /* ms that it always may take to end */
	PROBE_AFTER = 200, /* ms without a hello, then a record shows whether it reads */
	PROBE = 10, /* ms between looks at whether it does */
	HELLO_NOTICE = 10 * 1000, /* ms without a hello, then it is told that we wait */
	START_LEAST = 60 * 1000, /* ms that one may be silent at its start, if --hard */
	MOST_DEATHS = 10, /* and as many as a record may cost */
	LOOK = 4, /* ms between looks at one that reads ahead */
	HELD_WAIT = 50, /* ms of silence before it has to answer for lack of records */
	LONGEST_HELD = 60 * 1000,
	WHY_SIZE = 200
};

/*
 * ns for all that was in flight: a shorter time gives more, a longer one less, so that
 * other workers find some.
 */
enum { FAST_TURN = 20 * 1000 * 1000, SLOW_TURN = 200 * 1000 * 1000 };

/* Before it starts again after deaths with nothing finished. */
static const struct backoff deaths = { .first = 10, .longest = 1000 };

static const char breaks_rules[] = "does not keep the rules of par-stage(7)";

void
child_init(
    struct child *child, const struct queue_options *options, struct origins *origins)
{
	*child = (struct child){ .options = options,
		.command = options->operands + 1,
		.origins = origins,
		.held_wait = HELD_WAIT };
	if (strcmp(child->command[0], "--") == 0)
		child->command++;
	worker_init(&child->worker, 1, &diag_says);
}

void
child_start(struct child *child)
{
	static const char *const no_more[] = { NULL };
	const struct worker_plan plan = { .argv = child->command,
		.env = no_more,
		.capture_errors = true,
		.hold_in_memory = true,
		.kind = WORKER_UNKNOWN };
	const char *name = child->command[0];

	if (child->worker.pid != 0 || child->now < child->start_at)
		return;
	if (worker_start(&child->worker, &plan) == 0) {
		credit_start(&child->credit);
		child->started = child->progress = child->now;
		child->soft_told = child->hard_told = child->input_ended = false;
		child->prompted = false;
		child->prompted_at = 0;
		child->waits = 0;
		return;
	}
	die_start(errno, name);
}

/* Records it is allowed to have in flight: what it wants, and what we were told. */
static uint64_t
most_credit(const struct child *child)
{
	return credit_most(&child->worker.hello, origins_jobs(child->origins));
}

/* Does it have, or will it get, a record that must be alone with its worker? */
static bool
has_suspect(const struct child *child)
{
	const struct flight *flight = child->worker.window.head;

	return child->suspects.head != NULL || (flight != NULL && flight->batch->alone);
}

/*
 * May it have records?  Before it says hello one shows whether it reads without, and a
 * supervisor that is unsure needs one to find that out of its own stage.
 */
static bool
may_have(const struct child *child)
{
	const struct worker *worker = &child->worker;

	return worker->pid != 0 &&
	    (worker->kind == WORKER_NATIVE || worker->unsure ||
		child->now >= child->started + PROBE_AFTER);
}

struct want
child_room(const struct child *child)
{
	uint64_t have = child->todo.records + child->suspects.records;
	size_t bytes = child->worker.window.bytes;

	for (const struct batch *b = child->todo.head; b != NULL; b = b->next)
		bytes += b->len;
	if (!may_have(child))
		return (struct want){ 0 };
	if (child->worker.kind != WORKER_NATIVE)
		return (struct want){ .records = have + child->worker.window.records == 0,
			.bytes = MOST_BYTES };
	if (has_suspect(child) || have >= child->credit.records || bytes >= MOST_BYTES)
		return (struct want){ 0 };
	if (have + child->worker.window.records >= 2 * child->credit.records)
		return (struct want){ 0 };
	return (struct want){ .records = 2 * child->credit.records - have -
		    child->worker.window.records,
		.bytes = MOST_BYTES - bytes };
}

/* Its chunk is no longer ours: no use to work on it. */
static bool
skip_lost(struct child *child, struct batch *batch)
{
	struct lease *lease = lease_find(&child->origins->leases, batch->first);

	if (!lease->lost)
		return false;
	lease->torn = true;
	lease->left -= batch->count;
	batch_free(batch);
	return true;
}

static void
give(struct child *child, struct batch *batch)
{
	struct window *window = &child->worker.window;

	if (window->records == 0)
		child->progress = child->now;
	child->fed_at = child->look_at = child->now;
	credit_given(&child->credit, clock_ns());
	if (window_add(window, batch) < 0)
		die(STATUS_BROKEN, errno, "window");
}

/*
 * A stage that makes blocks has one output for each, which must not be of records that
 * are committed apart: nothing of a second chunk while it is not done with the first.
 */
static bool
block_ends(const struct child *child, const struct window *window)
{
	struct lease_list *leases = &child->origins->leases;

	return child->worker.hello.joint && window->records > 0 &&
	    child->todo.head != NULL &&
	    lease_find(leases, window->head->batch->first) !=
	    lease_find(leases, child->todo.head->first);
}

/*
 * One that waits for more, and gets no more of this chunk, has its input ended: it does
 * what it has, and another one goes on.
 */
static void
prompt(struct child *child)
{
	struct worker *worker = &child->worker;

	if (child->waits == 0 || child->waits != worker->window.given_records ||
	    worker->window.records == 0 || worker_hungry(worker))
		return;
	worker_end_input(worker);
	child->prompted = true;
}

/* At most most records off the front of queue; NULL if it is empty. */
static struct batch *
cut(struct batch_queue *queue, uint64_t most)
{
	struct batch *batch;

	if (batch_cut(queue, most, &batch) < 0)
		die(STATUS_BROKEN, errno, "records");
	return batch;
}

/* Give it suspects: each alone. */
static void
give_suspect(struct child *child)
{
	struct batch *batch;

	while (child->suspects.head != NULL && child->worker.window.records == 0) {
		if (suspects_next(&child->suspects, &batch) < 0)
			die(STATUS_BROKEN, errno, "records");
		if (!skip_lost(child, batch))
			give(child, batch);
	}
}

void
child_give(struct child *child)
{
	struct window *window = &child->worker.window;
	uint64_t most = most_credit(child), *credit = &child->credit.records;
	struct batch *batch;

	if (!may_have(child) || child->input_ended || child->prompted)
		return;
	if (*credit > most)
		*credit = most;
	give_suspect(child);
	while (child->suspects.head == NULL && window->records < *credit &&
	    window->bytes < MOST_BYTES && !block_ends(child, window) &&
	    (window->head == NULL || !window->head->batch->alone) &&
	    (batch = cut(&child->todo, *credit - window->records)) != NULL)
		if (!skip_lost(child, batch))
			give(child, batch);
	if (window->records < *credit)
		credit_starved(&child->credit);
	worker_feed(&child->worker); /* a closed end is noticed at its death */
	prompt(child);
}

/* So many were finished: should more be in flight, or fewer? */
static void
adapt(struct child *child, uint64_t acks)
{
	/* A slow one leaves more for other workers; who waits for us is to get more. */
	static const struct credit_plan plan = {
		.fast = FAST_TURN, .slow = SLOW_TURN, .unknown = 0
	};

	child->progress = clock_ms();
	child->soft_told = child->hard_told = false;
	child->deaths = 0;
	if (credit_acks(&child->credit, acks))
		credit_turn(&child->credit, &plan, most_credit(child), clock_ns());
}

/* How long to wait before the next attempt, ms. */
static uint64_t
back_off(const struct child *child, unsigned attempts)
{
	return backoff_wait(
	    &child->options->backoff, attempts + UINT64_C(1), clock_ns() / 1000);
}

/* A record is given up: it goes to the dead, and is named. */
static void
give_up(struct child *child, struct batch *record, const char *why)
{
	struct lease *lease = lease_find(&child->origins->leases, record->first);

	warn_record(record->data, record->len - 1, why);
	child->dead++;
	lease_dead(lease, record, record->attempts + 1, why);
	batch_free(record);
}

/* What was said of a record that is not done.  Takes it. */
static void
settle_failed(struct child *child, struct batch *record, const struct ack *ack)
{
	struct lease *lease = lease_find(&child->origins->leases, record->first);
	char why[ACK_LINE_MAX];

	snprintf(why, sizeof(why), "%.*s", (int)ack->reason_len, ack->reason);
	if (ack->fate == FATE_RETRY && record->attempts < child->options->retries) {
		lease_retry(lease, record, back_off(child, record->attempts));
		batch_free(record);
		return;
	}
	give_up(child, record, ack->reason_len > 0 ? why : "failed");
}

/* The bytes that an acknowledgement counts are to be in the hold; false if not. */
static bool
absorb(struct child *child, uint64_t bytes)
{
	struct hold *hold = &child->worker.hold;

	if (!worker_wrote(&child->worker, bytes))
		return false;
	while (hold->end - hold->start < bytes) {
		int got = worker_absorb(&child->worker, READ_SIZE);

		if (got < 0 && errno != ENODATA)
			die(STATUS_BROKEN, errno, "output of %s", child->command[0]);
		if (got <= 0)
			return false;
	}
	return true;
}

/* It breaks the protocol: nothing that it says can be relied on. */
static void
distrust(struct child *child, const char *what)
{
	warn("%s: %s; killed", child->command[0], what);
	worker_signal(&child->worker, SIGKILL);
	worker_silence(&child->worker);
}

/* It breaks the rules, with the record that ack tells of; any copy of it would. */
static void
refuse_ack(struct child *child, const struct ack *ack, const char *what)
{
	struct flight *flight = window_find(&child->worker.window, ack->index);
	struct batch *record;
	char shown[80];

	if (flight == NULL || child->worker.wrong == what) {
		distrust(child, what);
		return;
	}
	record = window_record(flight, ack->index);
	if (record == NULL)
		die(STATUS_BROKEN, errno, "record");
	printable(shown, sizeof(shown), record->data, record->len - 1);
	batch_free(record);
	warn("%s: record %s: %s; killed", child->command[0], shown, what);
	worker_signal(&child->worker, SIGKILL);
	worker_silence(&child->worker);
	child->never = breaks_rules;
}

/* Are all records that ack tells of, which the stage has, of one chunk? */
static bool
of_one_chunk(const struct child *child, const struct ack *ack)
{
	struct lease_list *leases = &child->origins->leases;
	const struct window *window = &child->worker.window;
	const struct lease *lease = lease_find(leases, window_number(window, ack->index));

	for (uint64_t i = 1; i <= ack->more; i++)
		if (lease_find(leases, window_number(window, ack->index + i)) != lease)
			return false;
	return true;
}

/* An acknowledgement; NULL, or what is wrong with it, maybe written to text. */
static const char *
take_ack(struct child *child, const struct ack *ack, char text[static WORKER_ILL_TEXT])
{
	struct window *window = &child->worker.window;
	struct flight *flight = window_find(window, ack->index);
	struct hold *hold = &child->worker.hold;
	struct batch *record = NULL;
	struct lease *lease;
	const char *wrong;
	uint64_t number;

	if (flight == NULL)
		return worker_no_record;
	if (worker_unsaid(&child->worker, ack) && !of_one_chunk(child, ack))
		return worker_apart; /* they are committed apart */
	if (!absorb(child, ack->bytes))
		return "its line counts more output than was written";
	wrong = worker_ill(&child->worker, 0, ack, text);
	if (wrong != NULL)
		return wrong;
	if (ack->fate != FATE_OK) {
		record = window_record(flight, ack->index);
		if (record == NULL)
			die(STATUS_BROKEN, errno, "record");
	}
	number = window_done(window, flight, ack->index);
	if (number == UINT64_MAX)
		die(STATUS_BROKEN, errno, "window");
	lease = lease_find(&child->origins->leases, number);
	if (ack->fate == FATE_OK)
		lease_done(lease, hold_at(hold), ack->bytes);
	else if (ack->fate == FATE_FAIL) /* passed on all the same: par-stage(7) */
		lease_results(lease, hold_at(hold), ack->bytes);
	worker_release(&child->worker, ack->bytes);
	if (record != NULL)
		settle_failed(child, record, ack);
	return NULL;
}

/* It is the end, before anything was done: what was taken goes back at once. */
static void
hand_back(struct child *child)
{
	struct batch_queue had = { 0 };

	worker_signal(&child->worker, SIGKILL);
	if (window_take_back(&child->worker.window, 0, &had) == 0)
		batch_join_front(&child->todo, &had);
	child_give_back(child);
	origins_commit(child->origins, "", 0);
}

/* Not a native stage: say how it can become one. */
_Noreturn static void
refuse(struct child *child, const char *what)
{
	hand_back(child);
	die(STATUS_MISUSE, 0,
	    "%s: %s: not a native stage; wrap it: 'par-run --map %s' if it writes one "
	    "line for each that it reads, 'par-run -N 1 %s' for a process each",
	    child->command[0], what, child->command[0], child->command[0]);
}

/* Words that are not of the protocol. */
static void
bad_word(struct child *child)
{
	char line[WHY_SIZE], what[WHY_SIZE + 50];
	size_t len;
	const char *bad = worker_bad_line(&child->worker, &len);

	printable(line, sizeof(line), bad, len);
	snprintf(what, sizeof(what), "not a line of par-stage(7): %s", line);
	if (!child->known)
		refuse(child, what);
	distrust(child, what);
}

/* What it does only a plain command does. */
static void
not_native(struct child *child, const char *what)
{
	if (!child->known)
		refuse(child, what);
	distrust(child, what);
}

static void
hello(struct child *child)
{
	child->known = true;
	credit_hello(&child->credit, &child->worker.hello, most_credit(child));
	worker_in_size(&child->worker, STAGE_PIPE);
}

/* What it says of records; false if that is wrong, and nothing more is to be heard. */
static bool
hear_ack(struct child *child, enum worker_word word, const struct ack *ack)
{
	char text[WORKER_ILL_TEXT];
	const char *wrong =
	    word == WORD_WRONG ? child->worker.wrong : take_ack(child, ack, text);

	if (wrong != NULL)
		refuse_ack(child, ack, wrong);
	return wrong == NULL;
}

/* The same of any of its words. */
static bool
hear_word(struct child *child, enum worker_word word, const struct ack *ack)
{
	struct worker *worker = &child->worker;

	switch (word) {
	case WORD_HELLO:
		if (worker->hello.waits)
			child->waits = worker->window.given_records;
		else
			hello(child);
		return true;
	case WORD_PLAIN:
		not_native(child, "runs a plain command");
		return false;
	case WORD_BAD:
		bad_word(child);
		return false;
	case WORD_ACK:
	case WORD_WRONG:
		return hear_ack(child, word, ack);
	case WORD_UNSURE:
	case WORD_NONE:
	case WORD_END:
		break;
	}
	return true;
}

void
child_hear(struct child *child)
{
	struct worker *worker = &child->worker;
	enum worker_word word;
	bool reads = worker->kind == WORKER_UNKNOWN && worker->window.written > 0 &&
	    worker_consumed(worker) > 0;
	uint64_t acks = 0;
	struct ack ack;

	worker_errors(worker);
	while ((word = worker_hear(worker, &ack)) != WORD_NONE && word != WORD_END) {
		if (!hear_word(child, word, &ack))
			break;
		acks += word == WORD_ACK;
	}
	window_trim(&worker->window);
	if (acks > 0)
		adapt(child, acks);
	if (worker->pid != 0 && worker_absorb(worker, READ_SIZE) > 0 &&
	    worker->kind != WORKER_NATIVE && !worker->unsure)
		not_native(child, "writes before it has said anything");
	else if (reads && worker->kind != WORKER_NATIVE && !worker->unsure)
		not_native(child, "reads before it has said anything");
}

/* The same of one that has not said hello, when is it to be looked at? */
static uint64_t
start_due(const struct child *child)
{
	uint64_t due = child->started + PROBE_AFTER;

	if (child->now < due)
		return due;
	return child->now +
	    (child->worker.window.written > 0 && !child->worker.unsure ? PROBE
								       : PROBE_AFTER);
}

/*
 * Does it read ahead, has read all that it was given, and is silent?  Many a filter
 * below par-run --map waits until it has a block of input, or of output.
 */
static bool
is_silent(const struct child *child)
{
	const struct worker *worker = &child->worker;

	return worker->kind == WORKER_NATIVE && worker->hello.ahead && worker->in >= 0 &&
	    worker->pid != 0 && worker->window.records > 0 && !worker_hungry(worker);
}

/* Its input is ended, so that it must answer; it is started again then. */
static void
have_answers(struct child *child)
{
	worker_end_input(&child->worker);
	child->prompted = true;
	child->prompted_at = child->progress = child->now;
}

/*
 * A silent one gets more.  Where nothing more may come, or nothing has for a while, it
 * has to answer: what it holds back is to be committed.
 */
static void
check_silent(struct child *child)
{
	const struct window *window = &child->worker.window;
	uint64_t most = most_credit(child), since;

	if (!is_silent(child) || child->now < child->look_at)
		return;
	child->look_at = child->now + LOOK;
	if (move_held(child->worker.in) > 0)
		return;
	since = child->fed_at > child->progress ? child->fed_at : child->progress;
	if (has_suspect(child) || window->bytes >= MOST_BYTES ||
	    window->records >= most ||
	    (window->records < child->credit.records &&
		child->now - since >= child->held_wait))
		have_answers(child);
	else if (window->records >= child->credit.records)
		credit_double(&child->credit, most);
}

/*
 * It has answered.  One that took long for that was at work, and held nothing back: it
 * is left in silence for longer, so that what comes meanwhile is begun.
 */
static void
learn_held_wait(struct child *child)
{
	uint64_t took = 2 * (child->now - child->prompted_at);

	child->held_wait = took < HELD_WAIT ? HELD_WAIT
	    : took > LONGEST_HELD	    ? LONGEST_HELD
					    : took;
}

/* When one whose input has ended, and that has nothing left to do, is to be ended. */
static uint64_t
end_due(const struct child *child)
{
	const struct queue_options *o = child->options;
	uint64_t limit = o->hard != 0 ? o->hard : o->soft, since = child->progress;

	if ((!child->input_ended && !child->prompted) || limit == 0 || child->hard_told)
		return UINT64_MAX;
	if (child->input_ended_at > since)
		since = child->input_ended_at;
	return since + (limit < LEAST_END ? LEAST_END : limit);
}

uint64_t
child_due(const struct child *child)
{
	const struct queue_options *o = child->options;
	uint64_t due = UINT64_MAX;

	if (child->worker.pid == 0)
		return child->start_at;
	if (child->worker.kind != WORKER_NATIVE)
		return start_due(child);
	if (child->worker.window.records == 0)
		return end_due(child);
	if (is_silent(child))
		due = child->look_at;
	if (o->soft != 0 && !child->soft_told && child->progress + o->soft < due)
		due = child->progress + o->soft;
	if (o->hard != 0 && !child->hard_told && child->progress + o->hard < due)
		due = child->progress + o->hard;
	return due;
}

/*
 * It has not said hello: what it is does not follow from how long that takes, but it is
 * told, and --hard ends one that is stuck.
 */
static void
check_start(struct child *child)
{
	uint64_t silent = child->now - child->started, hard = child->options->hard;

	if (!child->noticed && !child->worker.unsure && silent >= HELLO_NOTICE) {
		child->noticed = true;
		warn("%s: has not said hello in 10 seconds; it is waited for",
		    child->command[0]);
	}
	if (hard == 0 || child->hard_told ||
	    silent < (hard < START_LEAST ? START_LEAST : hard))
		return;
	child->hard_told = true;
	worker_signal(&child->worker, SIGKILL);
}

void
child_check_time(struct child *child)
{
	const struct queue_options *o = child->options;
	uint64_t silent;

	check_silent(child);
	if (child->worker.pid != 0 && child->worker.kind != WORKER_NATIVE)
		check_start(child);
	if (child->worker.pid == 0 || child->worker.kind != WORKER_NATIVE ||
	    child->now < child_due(child))
		return;
	if (child->worker.window.records == 0) {
		warn("%s: does not end, though its input has; killed", child->command[0]);
		child->hard_told = true;
		worker_signal(&child->worker, SIGKILL);
		return;
	}
	silent = child->now - child->progress;
	if (o->soft != 0 && !child->soft_told && silent >= o->soft) {
		child->soft_told = true;
		worker_signal(&child->worker, SIGTERM);
	}
	if (o->hard != 0 && !child->hard_told && silent >= o->hard) {
		child->hard_told = true;
		worker_signal(&child->worker, SIGKILL);
	}
}

/* How it ended, as a reason for a record that it had alone. */
static const char *
reason(const struct child *child, char why[static WHY_SIZE])
{
	char how[WORKER_EXIT_TEXT];

	if (child->soft_told || child->hard_told)
		snprintf(why, WHY_SIZE, "took longer than %g s",
		    (double)(child->hard_told ? child->options->hard
					      : child->options->soft) /
			1000);
	else
		snprintf(
		    why, WHY_SIZE, "stage %s", worker_exit_text(&child->worker, how));
	return why;
}

/* A record that it had alone: it is to blame, and tried again or given up. */
static void
blame(struct child *child, struct batch *record, const char *why)
{
	if (record->attempts >= child->options->retries) {
		give_up(child, record, why);
		child->deaths = 0;
		return;
	}
	record->attempts++;
	batch_push_front(&child->suspects, record);
}

/* Records that it had when it ended badly. */
static void
settle_death(struct child *child, struct batch_queue *had)
{
	struct batch_queue suspects = { 0 };
	char why[WHY_SIZE];

	reason(child, why);
	warn("%s: %s; %llu records sent again", child->command[0], why,
	    (unsigned long long)had->records);
	if (suspects_guilty(had, SUSPECTS_SINGLY)) {
		blame(child, batch_pop(had, UINT64_MAX), why);
		return;
	}
	suspects_add(&suspects, had, SUSPECTS_SINGLY);
	batch_join_front(&child->suspects, &suspects);
}

/* It ended before it said hello, the first time that it was started. */
_Noreturn static void
die_unknown(struct child *child, bool bad)
{
	char how[WORKER_EXIT_TEXT];

	if (!bad)
		refuse(child, "ended without a word");
	hand_back(child);
	if (worker_never(&child->worker, false))
		die(STATUS_BROKEN, 0, "%s: %s", child->command[0], diag_never);
	die(STATUS_BROKEN, 0, "%s: %s before it said hello", child->command[0],
	    worker_exit_text(&child->worker, how));
}

/* What it had when it ended goes back, with blame or without. */
static void
settle_end(struct child *child, bool bad)
{
	struct batch_queue had = { 0 };
	char how[WORKER_EXIT_TEXT];

	if (window_take_back(&child->worker.window, 0, &had) < 0)
		die(STATUS_BROKEN, errno, "records to send again");
	if (worker_never(&child->worker, false) && !child->soft_told && !child->hard_told)
		child->never = diag_never;
	if (bad && had.records > 0 && child->worker.kind != WORKER_NATIVE) {
		warn("%s: %s before it said hello", child->command[0],
		    worker_exit_text(&child->worker, how));
	} else if (bad && had.records > 0 && !child->input_ended && !child->never) {
		settle_death(child, &had);
		return;
	}
	if (bad && had.records == 0 && child->input_ended && !child->hard_told) {
		warn("%s: %s", child->command[0], worker_exit_text(&child->worker, how));
		child->trouble = true;
	}
	batch_join_front(&child->todo, &had);
}

/* It has ended once its input had: did it keep the rules to its end? */
static void
check_end(struct child *child)
{
	char text[WORKER_ILL_TEXT];
	const char *wrong = worker_ill_end(&child->worker, text);

	if (wrong == NULL)
		return;
	warn("%s: %s", child->command[0], wrong);
	child->never = breaks_rules;
}

void
child_look(struct child *child)
{
	struct worker *worker = &child->worker;
	bool bad;

	if (worker->pid == 0 || !worker_ended(worker))
		return;
	child_hear(child);
	bad = worker->exit_code != 0 || worker->exit_signal != 0 || child->soft_told ||
	    child->hard_told;
	if (worker->kind != WORKER_NATIVE && !child->known)
		die_unknown(child, bad);
	worker_end_rest(worker);
	if (!child->input_ended &&
	    (bad || !child->prompted || worker->window.records > 0))
		child->deaths++;
	if (child->input_ended)
		check_end(child);
	if (child->prompted_at != 0)
		learn_held_wait(child);
	settle_end(child, bad);
	worker_errors(worker);
	worker_close(worker);
	/* After the first one at once. */
	child->start_at = child->now +
	    backoff_wait(&deaths, child->deaths < 1 ? 0 : child->deaths - 1, 0);
}

bool
child_hopeless(const struct child *child)
{
	return child->deaths > MOST_DEATHS + child->options->retries;
}

/* Records of queue to the chunks that they are of. */
static void
back(struct child *child, struct batch_queue *queue)
{
	struct batch *batch;

	while ((batch = batch_pop(queue, UINT64_MAX)) != NULL) {
		lease_again(lease_find(&child->origins->leases, batch->first), batch);
		batch_free(batch);
	}
}

void
child_give_back(struct child *child)
{
	back(child, &child->suspects);
	back(child, &child->todo);
}

void
child_close(struct child *child)
{
	worker_close(&child->worker);
	free(child->worker.lines);
}
