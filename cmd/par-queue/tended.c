/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "diag.h"
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
	LONGEST_QUIET = 60 * 1000,
	MS = 1000 * 1000 /* ns */
};

/*
 * ns for all that was in flight: a shorter time gives more, a longer one less, so that
 * other workers find some.
 */
enum { FAST_TURN = 20 * 1000 * 1000, SLOW_TURN = 200 * 1000 * 1000 };

static const char breaks_rules[] = "does not keep the rules of par-stage(7)";

void
tended_init(struct tended *tended, const struct tended_plan *plan)
{
	const struct restarts_limit limit = { .most = plan->deaths, .given = true };

	*tended = (struct tended){ .plan = *plan, .quiet_limit = QUIET };
	restarts_open(&tended->restarts, &limit); /* needs no memory without a time */
	tended->plan.hearing.worker = &tended->worker;
	worker_init(&tended->worker, 1, &diag_says);
	oom_open(&tended->oom);
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

/* For how long the place is empty. */
static void
rest(struct tended *tended)
{
	const struct restarts *restarts = &tended->restarts;

	tended->start_at = tended->now + restarts_wait(restarts);
	if (tended->start_at < restarts->next_at)
		tended->start_at = restarts->next_at;
}

/* The worker could not be started.  0, or -1 if it never can be. */
static int
start_failed(struct tended *tended, int error)
{
	int status = restarts_again(
	    &tended->restarts, error, tended->now, &diag_says, name_of(tended));

	rest(tended);
	return status;
}

int
tended_start(struct tended *tended)
{
	static const char *const no_more[] = { NULL };
	const struct worker_plan plan = { .argv = tended->plan.command,
		.env = no_more,
		.in_memory = true,
		.run = "", /* each chunk has its own */
		.kind = WORKER_UNKNOWN };

	if (tended->place.state != PLACE_EMPTY || tended->now < tended->start_at)
		return 0;
	if (worker_start(&tended->worker, &plan) < 0)
		return start_failed(tended, errno);
	place_event(&tended->place, PLACE_START);
	restarts_begun(&tended->restarts, 0);
	credit_start(&tended->credit);
	tended->started = tended->progress = tended->now;
	tended->warned = false;
	tended->prompted_at = 0;
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

	return place_may(&tended->place, PLACE_HEAR) &&
	    (worker->kind == WORKER_NATIVE || worker->unsure ||
		tended->now >= tended->started + PROBE_AFTER);
}

bool
tended_takes(const struct tended *tended)
{
	return tended_may_have(tended) && place_may(&tended->place, PLACE_GIVE);
}

int
tended_give(struct tended *tended, struct batch *batch)
{
	if (tended->worker.window.records == 0)
		tended->progress = tended->now;
	tended->fed_at = tended->look_at = tended->now;
	credit_given(&tended->credit, clock_ns());
	return worker_give(&tended->worker, batch);
}

static void
end_input(struct tended *tended)
{
	worker_end_input(&tended->worker);
	place_event(&tended->place, PLACE_END_INPUT);
	tended->input_ended_at = tended->now;
}

void
tended_feed(struct tended *tended)
{
	struct worker *worker = &tended->worker;

	if (!place_may(&tended->place, PLACE_HEAR))
		return;
	if (tended_takes(tended) && worker->window.records < tended->credit.records)
		credit_starved(&tended->credit);
	worker_feed(worker); /* a closed end is noticed at its death */
	/* One that waits in vain does what it has, and another one goes on. */
	if (worker_waits(worker) ||
	    (tended->place.spare && worker->in >= 0 && !worker_hungry(worker)))
		end_input(tended);
}

void
tended_retire(struct tended *tended)
{
	place_event(&tended->place, PLACE_RETIRE);
}

void
tended_stop(struct tended *tended, int signal)
{
	if (!place_may(&tended->place, PLACE_HEAR))
		return;
	place_terminate(&tended->place, PLACE_STOPPED);
	worker_signal(&tended->worker, signal);
}

/* The worker finished acks records: should more be in flight, or fewer? */
static void
adapt(struct tended *tended, uint64_t acks)
{
	/*
	 * A slow one leaves more for other workers.  Who waits for us is to get more, if
	 * what it was given last did not take long.
	 */
	struct credit_plan plan = { .fast = FAST_TURN, .slow = SLOW_TURN };
	struct credit *credit = &tended->credit;

	tended->progress = clock_ms();
	tended->warned = false;
	tended->said[0] = '\0';
	restarts_progress(&tended->restarts);
	if (!credit_acks(credit, acks))
		return;
	plan.unknown = (tended->progress - tended->fed_at) * MS;
	credit_sample(credit, &plan, tended_most(tended), clock_ns());
	tended->paced = credit->last_acks;
	tended->pace = credit->last_took > 0 ? credit->last_took : plan.unknown;
}

uint64_t
tended_soon(const struct tended *tended, uint64_t within)
{
	uint64_t most = tended->credit.records, soon;

	if (tended->paced == 0 || tended->now >= tended->progress + within)
		return 0;
	if (tended->pace == 0)
		return most;
	soon = within * MS * tended->paced / tended->pace;
	return soon < most ? soon : most;
}

static void
kill_it(struct tended *tended, enum place_cause cause)
{
	place_terminate(&tended->place, cause);
	worker_signal(&tended->worker, SIGKILL);
}

/* The worker breaks the protocol: nothing that it says can be relied on. */
static void
distrust(struct tended *tended, const char *what)
{
	warn("%s: %s; killed", name_of(tended), what);
	kill_it(tended, PLACE_DISTRUSTED);
	worker_silence(&tended->worker);
}

/* The worker breaks a rule with the record that ack tells of; any copy of it would. */
static void
refuse_ack(struct tended *tended, const struct ack *ack, const char *what)
{
	char shown[HEARING_SHOWN];

	if (!hearing_show(&tended->worker, ack, shown)) {
		distrust(tended, what);
		return;
	}
	warn("%s: record %s: %s; killed", name_of(tended), shown, what);
	kill_it(tended, PLACE_REFUSED);
	worker_silence(&tended->worker);
}

static void
hello(struct tended *tended)
{
	place_event(&tended->place, PLACE_KNOWN);
	if (tended->worker.hello.raw)
		set_fault(tended, TENDED_USELESS, 0,
		    "its output is not records, and a queue holds nothing else");
	if (tended->worker.hello.waits)
		return;
	credit_hello(&tended->credit, &tended->worker.hello, tended->told);
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
		set_fault(tended, TENDED_FOREIGN, 0, text);
		return false;
	case HEARING_BAD:
		set_fault(tended, TENDED_USELESS, 0, text);
		return false;
	case HEARING_LIES:
		distrust(tended, text);
		return false;
	case HEARING_ILL:
		refuse_ack(tended, &ack, text);
		return false;
	case HEARING_GROUP:
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
	uint64_t acks = 0;

	errors_take(&worker->errors);
	if (!place_may(&tended->place, PLACE_HEAR))
		return;
	worker_absorb(worker, READ_SIZE);
	while (hear_word(tended, &acks))
		continue;
	window_trim(&worker->window);
	if (acks > 0)
		adapt(tended, acks);
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

	return tended->place.state == PLACE_WORKING && worker->hello.ahead &&
	    worker->window.records > 0 && !worker_hungry(worker);
}

/* The input of the worker is ended, so that it must answer; it is started again then. */
static void
have_answers(struct tended *tended)
{
	end_input(tended);
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
	if (worker_unread(&tended->worker) > 0)
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

	if (tended->worker.in >= 0 || limit == 0)
		return UINT64_MAX;
	if (tended->input_ended_at > since)
		since = tended->input_ended_at;
	return since + (limit < LEAST_END ? LEAST_END : limit);
}

uint64_t
tended_due(const struct tended *tended)
{
	uint64_t due = UINT64_MAX, soft = tended->plan.soft, hard = tended->plan.hard;

	if (tended->place.state == PLACE_EMPTY)
		return tended->start_at;
	if (tended->place.state == PLACE_DYING)
		return UINT64_MAX;
	if (tended->worker.kind != WORKER_NATIVE)
		return start_due(tended);
	if (tended->worker.window.records == 0)
		return end_due(tended);
	if (is_silent(tended))
		due = tended->look_at;
	if (soft != 0 && !tended->warned && tended->progress + soft < due)
		due = tended->progress + soft;
	if (hard != 0 && tended->progress + hard < due)
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
	if (hard != 0 && silent >= (hard < START_LEAST ? START_LEAST : hard))
		kill_it(tended, PLACE_STUCK);
}

/* The worker has records: has it finished none for too long? */
static void
check_late(struct tended *tended)
{
	uint64_t silent = tended->now - tended->progress;
	uint64_t soft = tended->plan.soft, hard = tended->plan.hard;

	if (soft != 0 && !tended->warned && silent >= soft) {
		tended->warned = true;
		worker_signal(&tended->worker, SIGTERM);
	}
	if (hard != 0 && silent >= hard)
		kill_it(tended, PLACE_LATE);
}

void
tended_check_time(struct tended *tended)
{
	if (worker_is_mute(&tended->worker, tended->now))
		end_input(tended);
	check_silent(tended);
	if (!place_may(&tended->place, PLACE_HEAR) || tended->place.state == PLACE_DYING)
		return;
	if (tended->worker.kind != WORKER_NATIVE) {
		check_start(tended);
	} else if (tended->now < tended_due(tended)) {
		return;
	} else if (tended->worker.window.records > 0) {
		check_late(tended);
	} else {
		warn("%s: does not end, though its input has; killed", name_of(tended));
		kill_it(tended, PLACE_STUCK);
	}
}

const char *
tended_reason(const struct tended *tended, char why[static TENDED_WHY])
{
	const struct tended_plan *plan = &tended->plan;
	const struct worker *worker = &tended->worker;
	bool late = tended->place.cause == PLACE_LATE;
	char how[WORKER_EXIT_TEXT];

	if (late || tended->warned)
		snprintf(why, TENDED_WHY, "took longer than %g s",
		    (double)(late ? plan->hard : plan->soft) / 1000);
	else if (!worker_failed(worker))
		snprintf(why, TENDED_WHY, "stage ended without a word of it");
	else
		snprintf(why, TENDED_WHY, "stage %s", worker_exit_text(worker, how));
	return why;
}

/* Did the worker, which has ended, end well? */
static bool
failed(const struct tended *tended)
{
	return worker_failed(&tended->worker) || tended->warned ||
	    tended->place.cause != PLACE_NO_CAUSE;
}

/*
 * The worker ended before one of them ever said hello.  It may have been killed by
 * anybody; but one that we killed, since it was silent, was given all the time there is,
 * and one that has a status of its own did not like its words: so will the next one.
 */
static void
fail_unborn(struct tended *tended)
{
	const struct worker *worker = &tended->worker;
	char how[WORKER_EXIT_TEXT], what[HEARING_TEXT];
	bool refuses = tended->place.cause == PLACE_NO_CAUSE && worker->exit_code != 0 &&
	    !worker->unsure && !worker_never(worker, false);

	if (!failed(tended)) {
		set_fault(tended, TENDED_FOREIGN, 0, "ended without a word");
	} else if (tended->place.cause == PLACE_STUCK || refuses) {
		snprintf(what, sizeof(what), "%s%s", worker_exit_text(worker, how),
		    refuses ? ", before reading anything" : " before it said hello");
		set_fault(tended, TENDED_USELESS, 0, what);
	}
}

/* The worker has ended after its input: did it keep the rules to its end? */
static void
check_end(struct tended *tended)
{
	char text[WORKER_ILL_TEXT];
	const char *wrong = NULL;

	if (tended->place.state == PLACE_ENDING)
		wrong = worker_ill_end(&tended->worker, text);
	if (wrong == NULL)
		return;
	warn("%s: %s", name_of(tended), wrong);
	place_terminate(&tended->place, PLACE_REFUSED);
}

/*
 * The worker has ended; what its end says is not said of a record.  One that ends alike
 * again and again is told of once: how often it was is said when it is given up.
 */
static void
say_end(struct tended *tended, const char *when)
{
	char how[WORKER_EXIT_TEXT], text[HEARING_TEXT];

	snprintf(
	    text, sizeof(text), "%s%s", worker_exit_text(&tended->worker, how), when);
	if (strcmp(text, tended->said) == 0)
		return;
	snprintf(tended->said, sizeof(tended->said), "%s", text);
	warn("%s: %s", name_of(tended), text);
}

/* The worker has ended, and has left what it had begun to read, or not. */
static enum place_verdict
judge(struct tended *tended, const struct batch_queue *had,
    const struct batch_queue *unread)
{
	uint64_t left = had->records + unread->records;

	const struct worker *worker = &tended->worker;
	const struct place_end end = { .reports = worker->kind == WORKER_NATIVE,
		.failed = failed(tended),
		.never = worker_never(worker, false) && !tended->warned,
		.open = worker->in >= 0,
		.read = had->head != NULL,
		.stopped = tended->place.spare,
		.more = true, /* for all that it knows */
		.left = left };
	enum place_verdict verdict = place_judge(&tended->place, &end);

	if (verdict == PLACE_PERMANENT)
		tended->never =
		    tended->place.cause == PLACE_REFUSED ? breaks_rules : diag_never;
	if (end.failed && !end.reports && !end.stopped && !end.never)
		say_end(tended, " before it said hello");
	else if (end.failed && verdict == PLACE_AGAIN && !end.stopped)
		say_end(tended, " before it read anything");
	else if (end.failed && left == 0 && !end.stopped &&
	    tended->place.cause == PLACE_NO_CAUSE)
		say_end(tended, " with nothing to do");
	if (end.failed && left == 0 && end.stopped &&
	    tended->place.cause == PLACE_NO_CAUSE) {
		say_end(tended, "");
		tended->trouble = worker->exit_code != 0; /* a signal is anybody's */
	}
	return verdict;
}

/* Is the end of the worker one of those that may not follow on each other too often? */
static bool
is_death(const struct tended *tended)
{
	return !tended->place.spare &&
	    (failed(tended) || tended->worker.in >= 0 ||
		tended->worker.window.records > 0);
}

bool
tended_look(struct tended *tended, struct batch_queue *had, struct batch_queue *unread,
    enum place_verdict *verdict)
{
	struct worker *worker = &tended->worker;

	if (!place_may(&tended->place, PLACE_HEAR) || !worker_ended(worker))
		return false;
	worker_blame(worker, &tended->oom);
	errors_end(&worker->errors);
	tended_hear(tended);
	if (worker->kind != WORKER_NATIVE && !tended->plan.hearing.known)
		fail_unborn(tended);
	if (tended->fault != TENDED_FINE)
		return false;
	worker_end_rest(worker);
	if (is_death(tended))
		restarts_count(&tended->restarts, tended->now);
	check_end(tended);
	if (tended->prompted_at != 0)
		learn_quiet(tended);
	if (window_take_apart(&worker->window, worker_consumed(worker), had, unread) < 0)
		set_fault(tended, TENDED_LOST, errno, "records to send again");
	if (tended->place.cause == PLACE_LATE || tended->warned)
		batch_join(had, unread); /* so is one that reads nothing */
	*verdict = judge(tended, had, unread);
	worker_close(worker);
	place_event(&tended->place, PLACE_GONE);
	rest(tended);
	return true;
}

bool
tended_hopeless(const struct tended *tended)
{
	return restarts_over(&tended->restarts, 1);
}

void
tended_close(struct tended *tended)
{
	worker_close(&tended->worker);
	worker_free(&tended->worker);
}
