/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "clock.h"
#include "diag.h"
#include "move.h"
#include "tended.h"

enum {
	STAGE_PIPE = 256 << 10,
	READ_SIZE = 256 << 10,
	LEAST_END = 2000, /* ms that it always may take to end */
	PROBE_AFTER = 200, /* ms without a hello, then a record shows whether it reads */
	PROBE = 10, /* ms between looks at whether it does */
	HELLO_NOTICE = 10 * 1000, /* ms without a hello, then it is told that we wait */
	START_LEAST = 60 * 1000, /* ms that one may be silent at its start, if --hard */
	LOOK = 4, /* ms between looks at one that reads ahead */
	QUIET = 50, /* ms of silence before it has to answer for lack of records */
	LONGEST_QUIET = 60 * 1000
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
tended_init(struct tended *tended, const struct tended_plan *plan)
{
	*tended = (struct tended){ .plan = *plan, .quiet_limit = QUIET };
	tended->plan.hearing.worker = &tended->worker;
	worker_init(&tended->worker, 1, &diag_says);
}

/* What the worker is called in diagnostics. */
static const char *
name_of(const struct tended *tended)
{
	return tended->plan.command[0];
}

/* Note a fault; the first one counts. */
static void
set_fault(struct tended *tended, enum tended_fault fault, int error, const char *what)
{
	if (tended->fault != TENDED_FINE)
		return;
	tended->fault = fault;
	tended->error = error;
	snprintf(tended->what, sizeof(tended->what), "%s", what);
}

int
tended_start(struct tended *tended)
{
	static const char *const no_more[] = { NULL };
	const struct worker_plan plan = { .argv = tended->plan.command,
		.env = no_more,
		.hold_in_memory = true,
		.kind = WORKER_UNKNOWN };

	if (tended->worker.pid != 0 || tended->now < tended->start_at)
		return 0;
	if (worker_start(&tended->worker, &plan) < 0)
		return -1;
	credit_start(&tended->credit);
	tended->started = tended->progress = tended->now;
	tended->soft_told = tended->hard_told = tended->input_ended = false;
	tended->prompted = false;
	tended->prompted_at = 0;
	tended->waits = 0;
	return 0;
}

uint64_t
tended_most(const struct tended *tended)
{
	return credit_most(&tended->worker.hello, tended->told);
}

/*
 * Before it says hello a record shows whether it reads without, and a supervisor that is
 * unsure needs one to find that out of its own stage.
 */
bool
tended_may_have(const struct tended *tended)
{
	const struct worker *worker = &tended->worker;

	return worker->pid != 0 &&
	    (worker->kind == WORKER_NATIVE || worker->unsure ||
		tended->now >= tended->started + PROBE_AFTER);
}

bool
tended_takes(const struct tended *tended)
{
	return tended_may_have(tended) && !tended->input_ended && !tended->prompted;
}

int
tended_give(struct tended *tended, struct batch *batch)
{
	if (tended->worker.window.records == 0)
		tended->progress = tended->now;
	tended->fed_at = tended->look_at = tended->now;
	credit_given(&tended->credit, clock_ns());
	return window_add(&tended->worker.window, batch);
}

/*
 * One that waits for more, and gets no more of what may go with it, has its input ended:
 * it does what it has, and another one goes on.
 */
static void
prompt(struct tended *tended)
{
	struct worker *worker = &tended->worker;

	if (tended->waits == 0 || tended->waits != worker->window.given_records ||
	    worker->window.records == 0 || worker_hungry(worker))
		return;
	worker_end_input(worker);
	tended->prompted = true;
}

void
tended_feed(struct tended *tended)
{
	if (tended->worker.window.records < tended->credit.records)
		credit_starved(&tended->credit);
	worker_feed(&tended->worker); /* a closed end is noticed at its death */
	prompt(tended);
}

void
tended_end_input(struct tended *tended)
{
	struct worker *worker = &tended->worker;

	if (tended->input_ended || worker->pid == 0 || worker_hungry(worker))
		return;
	worker_end_input(worker);
	tended->input_ended = true;
	tended->input_ended_at = tended->now;
}

/* The worker finished acks records: should more be in flight, or fewer? */
static void
adapt(struct tended *tended, uint64_t acks)
{
	/* A slow one leaves more for other workers; who waits for us is to get more. */
	static const struct credit_plan plan = {
		.fast = FAST_TURN, .slow = SLOW_TURN, .unknown = 0
	};

	tended->progress = clock_ms();
	tended->soft_told = tended->hard_told = false;
	tended->deaths = 0;
	if (credit_acks(&tended->credit, acks))
		credit_turn(&tended->credit, &plan, tended_most(tended), clock_ns());
}

/* The worker is killed, and nothing that it says is heard any more. */
static void
end_it(struct tended *tended)
{
	worker_signal(&tended->worker, SIGKILL);
	worker_silence(&tended->worker);
}

/* The worker breaks the protocol: nothing that it says can be relied on. */
static void
distrust(struct tended *tended, const char *what)
{
	warn("%s: %s; killed", name_of(tended), what);
	end_it(tended);
}

/* The worker breaks a rule with the record that ack tells of; any copy of it would. */
static void
refuse_ack(struct tended *tended, const struct ack *ack, const char *what)
{
	char shown[HEARING_SHOWN];

	if (!hearing_show(&tended->plan.hearing, ack, shown)) {
		distrust(tended, what);
		return;
	}
	warn("%s: record %s: %s; killed", name_of(tended), shown, what);
	end_it(tended);
	tended->never = breaks_rules;
}

/* No native stage says, or does, what the worker did. */
static void
not_native(struct tended *tended, const char *what)
{
	if (tended->known)
		distrust(tended, what);
	else
		set_fault(tended, TENDED_FOREIGN, 0, what);
}

static void
hello(struct tended *tended)
{
	if (tended->worker.hello.waits) {
		tended->waits = tended->worker.window.given_records;
		return;
	}
	tended->known = true;
	credit_hello(&tended->credit, &tended->worker.hello, tended_most(tended));
	worker_in_size(&tended->worker, STAGE_PIPE);
}

/* Hear one word of the worker; false if nothing more is to be heard. */
static bool
hear_word(struct tended *tended, uint64_t *acks)
{
	char text[HEARING_TEXT];
	struct ack ack;

	switch (hearing_next(&tended->plan.hearing, &ack, text)) {
	case HEARING_NOTHING:
		return false;
	case HEARING_TOLD:
		++*acks;
		return true;
	case HEARING_HELLO:
		hello(tended);
		return true;
	case HEARING_UNSURE:
		return true;
	case HEARING_PLAIN:
		not_native(tended, "runs a plain command");
		return false;
	case HEARING_BAD:
		not_native(tended, text);
		return false;
	case HEARING_LIES:
		distrust(tended, text);
		return false;
	case HEARING_ILL:
		refuse_ack(tended, &ack, text);
		return false;
	case HEARING_JOINT:
		refuse_ack(tended, &ack, worker_apart);
		return false;
	case HEARING_BROKEN:
		snprintf(text, sizeof(text), "output of %s", name_of(tended));
		set_fault(tended, TENDED_LOST, errno, text);
		return false;
	}
	return false;
}

void
tended_hear(struct tended *tended)
{
	struct worker *worker = &tended->worker;
	bool reads = worker->kind == WORKER_UNKNOWN && worker->window.written > 0 &&
	    worker_consumed(worker) > 0;
	uint64_t acks = 0;

	errors_take(&worker->errors);
	while (hear_word(tended, &acks))
		continue;
	window_trim(&worker->window);
	if (acks > 0)
		adapt(tended, acks);
	if (worker->pid != 0 && worker_absorb(worker, READ_SIZE) > 0 &&
	    worker->kind != WORKER_NATIVE && !worker->unsure)
		not_native(tended, "writes before it has said anything");
	else if (reads && worker->kind != WORKER_NATIVE && !worker->unsure)
		not_native(tended, "reads before it has said anything");
}

/* When is one that has not said hello to be looked at? */
static uint64_t
start_due(const struct tended *tended)
{
	uint64_t due = tended->started + PROBE_AFTER;

	if (tended->now < due)
		return due;
	return tended->now +
	    (tended->worker.window.written > 0 && !tended->worker.unsure ? PROBE
									 : PROBE_AFTER);
}

/*
 * Does it read ahead, has read all that it was given, and is silent?  Many a filter
 * below par-run --map waits until it has a block of input, or of output.
 */
static bool
is_silent(const struct tended *tended)
{
	const struct worker *worker = &tended->worker;

	return worker->kind == WORKER_NATIVE && worker->hello.ahead && worker->in >= 0 &&
	    worker->pid != 0 && worker->window.records > 0 && !worker_hungry(worker);
}

/* The input of the worker is ended, so that it must answer; it is started again then. */
static void
have_answers(struct tended *tended)
{
	worker_end_input(&tended->worker);
	tended->prompted = true;
	tended->prompted_at = tended->progress = tended->now;
}

/*
 * A silent one gets more.  Where nothing more may come, or nothing has for a while, it
 * has to answer: what it holds back is to be done with.
 */
static void
check_silent(struct tended *tended)
{
	const struct window *window = &tended->worker.window;
	uint64_t most = tended_most(tended), since;

	if (!is_silent(tended) || tended->now < tended->look_at)
		return;
	tended->look_at = tended->now + LOOK;
	if (move_held(tended->worker.in) > 0)
		return;
	since = tended->fed_at > tended->progress ? tended->fed_at : tended->progress;
	if (tended->alone_next || tended_has_alone(tended) ||
	    window->bytes >= TENDED_BYTES || window->records >= most ||
	    (window->records < tended->credit.records &&
		tended->now - since >= tended->quiet_limit))
		have_answers(tended);
	else if (window->records >= tended->credit.records)
		credit_double(&tended->credit, most);
}

/*
 * The worker has answered.  One that took long for that was at work, and held nothing
 * back: it is left in silence for longer, so that what comes meanwhile is begun.
 */
static void
learn_quiet(struct tended *tended)
{
	uint64_t took = 2 * (tended->now - tended->prompted_at);

	tended->quiet_limit = took < QUIET ? QUIET
	    : took > LONGEST_QUIET	   ? LONGEST_QUIET
					   : took;
}

/* When one whose input has ended, and that has nothing left to do, is to be ended. */
static uint64_t
end_due(const struct tended *tended)
{
	const struct tended_plan *plan = &tended->plan;
	uint64_t limit = plan->hard != 0 ? plan->hard : plan->soft;
	uint64_t since = tended->progress;

	if ((!tended->input_ended && !tended->prompted) || limit == 0 ||
	    tended->hard_told)
		return UINT64_MAX;
	if (tended->input_ended_at > since)
		since = tended->input_ended_at;
	return since + (limit < LEAST_END ? LEAST_END : limit);
}

uint64_t
tended_due(const struct tended *tended)
{
	uint64_t due = UINT64_MAX, soft = tended->plan.soft, hard = tended->plan.hard;

	if (tended->worker.pid == 0)
		return tended->start_at;
	if (tended->worker.kind != WORKER_NATIVE)
		return start_due(tended);
	if (tended->worker.window.records == 0)
		return end_due(tended);
	if (is_silent(tended))
		due = tended->look_at;
	if (soft != 0 && !tended->soft_told && tended->progress + soft < due)
		due = tended->progress + soft;
	if (hard != 0 && !tended->hard_told && tended->progress + hard < due)
		due = tended->progress + hard;
	return due;
}

/*
 * The worker has not said hello: what it is does not follow from how long that takes, but
 * it is told, and --hard ends one that is stuck.
 */
static void
check_start(struct tended *tended)
{
	uint64_t silent = tended->now - tended->started, hard = tended->plan.hard;

	if (!tended->noticed && !tended->worker.unsure && silent >= HELLO_NOTICE) {
		tended->noticed = true;
		warn("%s: has not said hello in 10 seconds; it is waited for",
		    name_of(tended));
	}
	if (hard == 0 || tended->hard_told ||
	    silent < (hard < START_LEAST ? START_LEAST : hard))
		return;
	tended->hard_told = true;
	worker_signal(&tended->worker, SIGKILL);
}

/* The worker has records: has it finished none for too long? */
static void
check_late(struct tended *tended)
{
	uint64_t silent = tended->now - tended->progress;
	uint64_t soft = tended->plan.soft, hard = tended->plan.hard;

	if (soft != 0 && !tended->soft_told && silent >= soft) {
		tended->soft_told = true;
		worker_signal(&tended->worker, SIGTERM);
	}
	if (hard != 0 && !tended->hard_told && silent >= hard) {
		tended->hard_told = true;
		worker_signal(&tended->worker, SIGKILL);
	}
}

void
tended_check_time(struct tended *tended)
{
	check_silent(tended);
	if (tended->worker.pid != 0 && tended->worker.kind != WORKER_NATIVE)
		check_start(tended);
	if (tended->worker.pid == 0 || tended->worker.kind != WORKER_NATIVE ||
	    tended->now < tended_due(tended))
		return;
	if (tended->worker.window.records > 0) {
		check_late(tended);
		return;
	}
	warn("%s: does not end, though its input has; killed", name_of(tended));
	tended->hard_told = true;
	worker_signal(&tended->worker, SIGKILL);
}

const char *
tended_reason(const struct tended *tended, char why[static TENDED_WHY])
{
	const struct tended_plan *plan = &tended->plan;
	char how[WORKER_EXIT_TEXT];

	if (tended->soft_told || tended->hard_told)
		snprintf(why, TENDED_WHY, "took longer than %g s",
		    (double)(tended->hard_told ? plan->hard : plan->soft) / 1000);
	else
		snprintf(
		    why, TENDED_WHY, "stage %s", worker_exit_text(&tended->worker, how));
	return why;
}

/* The worker ended before it ever said hello. */
static void
fail_unborn(struct tended *tended, bool bad)
{
	char how[WORKER_EXIT_TEXT], what[HEARING_TEXT];

	if (!bad) {
		set_fault(tended, TENDED_FOREIGN, 0, "ended without a word");
		return;
	}
	snprintf(what, sizeof(what), "%s before it said hello",
	    worker_exit_text(&tended->worker, how));
	set_fault(tended, TENDED_UNBORN, 0,
	    worker_never(&tended->worker, false) ? diag_never : what);
}

/* The worker has ended after its input: did it keep the rules to its end? */
static void
check_end(struct tended *tended)
{
	char text[WORKER_ILL_TEXT];
	const char *wrong = worker_ill_end(&tended->worker, text);

	if (wrong == NULL)
		return;
	warn("%s: %s", name_of(tended), wrong);
	tended->never = breaks_rules;
}

/* What the end of the worker says, when left records were not finished. */
static enum tended_verdict
judge(struct tended *tended, bool bad, uint64_t left)
{
	char how[WORKER_EXIT_TEXT];

	if (worker_never(&tended->worker, false) && !tended->soft_told &&
	    !tended->hard_told)
		tended->never = diag_never;
	if (bad && left > 0 && tended->worker.kind != WORKER_NATIVE) {
		warn("%s: %s before it said hello", name_of(tended),
		    worker_exit_text(&tended->worker, how));
	} else if (bad && left > 0 && !tended->input_ended && tended->never == NULL) {
		return TENDED_BROKEN;
	}
	if (bad && left == 0 && tended->input_ended && !tended->hard_told) {
		warn("%s: %s", name_of(tended), worker_exit_text(&tended->worker, how));
		tended->trouble = true;
	}
	return tended->never != NULL ? TENDED_PERMANENT
	    : left > 0		     ? TENDED_AGAIN
				     : TENDED_DONE;
}

enum tended_verdict
tended_look(struct tended *tended, struct batch_queue *had)
{
	struct worker *worker = &tended->worker;
	uint64_t before = had->records;
	enum tended_verdict verdict;
	bool bad;

	if (worker->pid == 0 || !worker_ended(worker))
		return TENDED_GOES_ON;
	errors_end(&worker->errors);
	tended_hear(tended);
	bad = worker->exit_code != 0 || worker->exit_signal != 0 || tended->soft_told ||
	    tended->hard_told;
	if (worker->kind != WORKER_NATIVE && !tended->known)
		fail_unborn(tended, bad);
	if (tended->fault != TENDED_FINE)
		return TENDED_GOES_ON;
	worker_end_rest(worker);
	if (!tended->input_ended &&
	    (bad || !tended->prompted || worker->window.records > 0))
		tended->deaths++;
	if (tended->input_ended)
		check_end(tended);
	if (tended->prompted_at != 0)
		learn_quiet(tended);
	if (window_take_back(&worker->window, 0, had) < 0)
		set_fault(tended, TENDED_LOST, errno, "records to send again");
	verdict = judge(tended, bad, had->records - before);
	worker_close(worker);
	/* After the first one at once. */
	tended->start_at = tended->now +
	    backoff_wait(&deaths, tended->deaths < 1 ? 0 : tended->deaths - 1, 0);
	return verdict;
}

bool
tended_hopeless(const struct tended *tended)
{
	return tended->deaths > tended->plan.deaths;
}

void
tended_close(struct tended *tended)
{
	worker_close(&tended->worker);
	worker_free(&tended->worker);
}
