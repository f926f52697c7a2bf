/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>

#include "clock.h"
#include "fdio.h"
#include "loop.h"
#include "refill.h"
#include "sig.h"
#include "spoken.h"

enum { LONG_TURN = 20 /* ms */ };

static void
take_signals(struct loop *loop)
{
	bool ended = false;
	int number;

	while ((number = sig_next(loop->polls->signals)) != 0)
		if (number == SIGCHLD)
			ended = true;
		else if (number == SIGUSR1)
			report_now(loop->report);
		else
			stop_signalled(loop->stop);
	reap_turn(loop->reap, ended);
}

/* See to what has happened at the worker of the slot index. */
static void
attend(struct loop *loop, size_t index)
{
	const struct polls *polls = loop->polls;
	struct slot *slot = loop->pool->slots[index];

	if (polls_one(polls, index, POLLS_WORDS) != 0 || !collect_hears(loop->collect))
		host_link_heard(&slot->link, loop->times->now);
	if (polls_one(polls, index, POLLS_WORDS) != 0)
		collect_words(loop->collect, slot);
	if (polls_one(polls, index, POLLS_OUTPUT) != 0)
		collect_output(loop->collect, slot);
	if (polls_one(polls, index, POLLS_ROOM) != 0 && slot->worker.in >= 0)
		dispatch_writable(loop->dispatch, slot);
	if (loop->times->now >= slot->silence.look_at && slot->worker.pid != 0) {
		collect_check(loop->collect, slot);
		/* It may say nothing before its input ends, which we know by reading. */
		if (intake_over(loop->intake))
			refill(loop->refill);
	}
	overdue_check(loop->overdue, slot);
}

/*
 * Pass on what workers have written to standard error.  The time that this takes is not
 * our reader's, see times.h: one that floods it is late all the same.
 */
static void
pass_errors(struct loop *loop)
{
	for (size_t i = 0; i < loop->pool->count; i++) {
		struct errors *errors = &loop->pool->slots[i]->worker.errors;

		if (polls_one(loop->polls, i, POLLS_ERRORS) != 0 || errors_wait(errors))
			errors_take(errors);
	}
}

/* Give out what there is, and see to who else has to know.  Is more input wanted? */
static bool
give_out(struct loop *loop)
{
	const struct intake *intake = loop->intake;
	enum worker_kind kind = loop->nature->kind;
	bool wanted;

	admit_turn(loop->admit);
	wanted = dispatch_turn(loop->dispatch) || unread_waits(loop->unread) ||
	    starts_wait(loop->starts);

	/* What is too long comes first now. */
	while (wanted && intake_barred(intake) && !intake_ready(intake) &&
	    !ending_near(loop->ending)) {
		refill(loop->refill);
		wanted = dispatch_turn(loop->dispatch);
	}
	if (loop->restarts->ever && kind != WORKER_UNKNOWN)
		output_begin(loop->output);
	renew_turn(loop->renew);
	pool_turn(loop->pool, kind == WORKER_NATIVE);
	hosts_turn(loop->hosts);
	shortfall_report(loop->shortfall);
	capacity_report(loop->capacity);
	beat_turn(loop->beat);
	leave_turn(loop->leave);
	ledger_flush(loop->ledger);
	busy_give_back(loop->busy);
	return wanted;
}

/* The reader may take more; then what workers said meanwhile is heard. */
static void
let_out(struct loop *loop)
{
	struct pool *pool = loop->pool;

	output_go(loop->output);
	ledger_go(loop->ledger);
	checkpoint_turn(loop->checkpoint); /* before more is finished */
	for (size_t i = 0; i < pool->count && collect_hears(loop->collect); i++)
		if (pool->slots[i]->worker.pid != 0)
			collect_words(loop->collect, pool->slots[i]);
}

/* See to what workers have done, and our reader. */
static void
take_part(struct loop *loop)
{
	short reader = polls_all(loop->polls, POLLS_READER);

	spoken_go();
	pass_errors(loop);
	if (fdio_unread(reader) || (reader & POLLNVAL) != 0)
		ending_output(loop->ending, EPIPE, loop->output->name);
	if (loop->output->stuck || ledger_stuck(loop->ledger))
		let_out(loop);
	notes_go(loop->notes);
	for (size_t i = 0; i < loop->pool->count && !ending_near(loop->ending); i++)
		attend(loop, i);
}

/* See to what is asked of us, and to what is due. */
static void
go_on(struct loop *loop)
{
	take_signals(loop);
	if (polls_all(loop->polls, POLLS_INPUT) != 0)
		refill(loop->refill);
	if (polls_all(loop->polls, POLLS_CONTROL) != 0)
		control_take(loop->control);
	stop_turn(loop->stop);
	tune_turn(loop->tune);
	speculate_turn(loop->speculate);
	busy_look(loop->busy,
	    busy_awaited(loop->busy) >= 0 && polls_all(loop->polls, POLLS_TOKENS) == 0);
	starts_turn(loop->starts);
	if (ending_near(loop->ending))
		return;
	checkpoint_turn(loop->checkpoint);
	report_turn(loop->report);
	offer_turn(loop->offer, polls_all(loop->polls, POLLS_VIEWERS) != 0);
	/*
	 * What took long now was writing to somebody who does not read.  Short turns
	 * count as work, however many there are because somebody floods.
	 */
	times_spent(loop->times, clock_ms(), LONG_TURN);
}

/* Is there nothing left to wait for? */
static bool
finished(const struct loop *loop)
{
	const struct pool *pool = loop->pool;
	bool startable = false;

	for (size_t i = 0; i < pool->count; i++) {
		const struct slot *slot = pool->slots[i];

		if (place_may(&slot->place, PLACE_HEAR))
			return false;
		startable = startable || place_may(&slot->place, PLACE_COUNT);
	}
	if (loop->gate->phase >= PHASE_STOP)
		return stop_is_over(loop->stop) || !output_waits(loop->output);
	if (loop->restarts->alone && loop->gate->phase == PHASE_RUN)
		return false;
	return !output_waits(loop->output) && (!startable || !supply_left(loop->supply));
}

/* Have all who have to know been told of all, or is there no time left for that? */
static bool
told_all(const struct loop *loop)
{
	ledger_go(loop->ledger);
	return stop_is_over(loop->stop) || !ledger_stuck(loop->ledger);
}

static bool
over(struct loop *loop)
{
	if (!finished(loop))
		return false;
	report_end_up(loop->report);
	return told_all(loop);
}

/* One turn: give out, wait, and see to what has come. */
static void
turn(struct loop *loop)
{
	bool wanted = give_out(loop), stuck;
	uint64_t given_out = clock_ms();

	/* Nothing comes when the last that there was has been refused. */
	if (ending_near(loop->ending) || over(loop) ||
	    polls_wait(loop->polls, wanted, wake_in(loop->wake)) < 0)
		return;
	/* That our reader took no more was no worker's fault, nor what took us long. */
	stuck = loop->output->stuck || ledger_stuck(loop->ledger);
	times_spent(loop->times, stuck ? clock_ms() : given_out, stuck ? 0 : LONG_TURN);
	times_look(loop->times, clock_ms());
	take_part(loop);
	if (!ending_near(loop->ending))
		go_on(loop);
}

void
loop_run(struct loop *loop)
{
	while (!ending_near(loop->ending) && !over(loop))
		turn(loop);
}
