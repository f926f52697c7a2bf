/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "computer.h"
#include "diag.h"

enum {
	IN_PIPE = 256 << 10, /* to a command that is known, bytes */
	READ_SIZE = 256 << 10,
	MOST_STARTS = 10 /* that may fail for now, in a row */
};

/* Note a fault; the first one counts. */
static void
set_fault(struct computer *computer, enum computer_fault fault, const char *what)
{
	if (computer->fault != COMPUTER_FINE)
		return;
	computer->error = fault == COMPUTER_LOST ? errno : 0;
	computer->fault = fault;
	snprintf(computer->what, sizeof(computer->what), "%s", what);
}

/* One output for several records cannot be told apart. */
static bool
never_group(void *context, const struct ack *ack)
{
	(void)context;
	(void)ack;
	return false;
}

void
computer_init(struct computer *computer, const struct computer_plan *plan)
{
	const struct restarts_limit limit = { .most = MOST_STARTS, .given = true };

	*computer = (struct computer){ .command = plan->command, .map = plan->map };
	computer->hearing = (struct hearing){ .worker = &computer->worker,
		.context = plan->context,
		.may_group = never_group,
		.told = plan->told };
	worker_init(&computer->worker, 1, &diag_says);
	restarts_open(&computer->restarts, &limit); /* needs no memory without a time */
}

/* It is known what the command is: it may get much at a time. */
static void
know(struct computer *computer)
{
	place_event(&computer->place, PLACE_KNOWN);
	worker_in_size(&computer->worker, IN_PIPE);
}

/* The command could not be started.  0, or -1 with errno if it is not to be tried again.
 */
static int
start_failed(struct computer *computer, int error, uint64_t now)
{
	struct restarts *restarts = &computer->restarts;

	if (restarts_again(restarts, error, now, &diag_says, computer->command[0]) < 0 ||
	    restarts_over(restarts, 1)) {
		errno = error;
		return -1;
	}
	computer->start_at = restarts->next_at;
	return 0;
}

int
computer_start(struct computer *computer, uint64_t now)
{
	static const char *const env[] = { NULL };
	const struct worker_plan plan = { .argv = computer->command,
		.env = env,
		.in_memory = true,
		.kind = computer->map ? WORKER_MAP : WORKER_UNKNOWN };

	if (computer->place.state != PLACE_EMPTY || now < computer->start_at)
		return 0;
	if (worker_start(&computer->worker, &plan) < 0)
		return start_failed(computer, errno, now);
	place_event(&computer->place, PLACE_START);
	if (computer->map)
		know(computer);
	return 0;
}

/* The command breaks the protocol: nothing that it says can be relied on. */
static void
distrust(struct computer *computer, const char *what)
{
	warn("%s: %s; killed", computer->command[0], what);
	place_terminate(&computer->place, PLACE_DISTRUSTED);
	worker_signal(&computer->worker, SIGKILL);
	worker_silence(&computer->worker);
}

/* The command breaks a rule with the record that ack tells of. */
static void
refuse(struct computer *computer, const struct ack *ack, const char *text)
{
	char shown[HEARING_SHOWN], what[COMPUTER_TEXT];

	if (!hearing_show(&computer->worker, ack, shown))
		snprintf(what, sizeof(what), "%s", text);
	else
		snprintf(what, sizeof(what), "record %s: %s", shown, text);
	set_fault(computer, COMPUTER_ILL, what);
}

static void
lose(struct computer *computer)
{
	char what[COMPUTER_TEXT];

	snprintf(what, sizeof(what), "output of %s", computer->command[0]);
	set_fault(computer, COMPUTER_LOST, what);
}

/* Hear one word of the command; false if there is none, or nothing more counts. */
static bool
hear_word(struct computer *computer)
{
	char text[HEARING_TEXT];
	struct ack ack;

	switch (hearing_next(&computer->hearing, &ack, text)) {
	case HEARING_NOTHING:
		return false;
	case HEARING_HELLO:
		know(computer);
		if (computer->worker.hello.joint)
			set_fault(computer, COMPUTER_JOINT, "");
		break;
	case HEARING_UNSURE:
	case HEARING_TOLD:
		break;
	case HEARING_PLAIN:
		set_fault(computer, COMPUTER_FOREIGN, "");
		break;
	case HEARING_GROUP:
		set_fault(computer, COMPUTER_JOINT, "");
		break;
	case HEARING_BAD:
		set_fault(computer, COMPUTER_BAD, text);
		break;
	case HEARING_LIES:
		distrust(computer, text);
		break;
	case HEARING_ILL:
		refuse(computer, &ack, text);
		break;
	case HEARING_BROKEN:
		lose(computer);
		break;
	}
	return computer->fault == COMPUTER_FINE;
}

void
computer_hear(struct computer *computer)
{
	if (!place_may(&computer->place, PLACE_HEAR))
		return;
	while (hear_word(computer))
		continue;
	window_trim(&computer->worker.window);
}

/* Lines of --map: each is all that its record gives. */
static void
take_lines(struct computer *computer)
{
	struct worker *worker = &computer->worker;
	struct buffered *buffered = &worker->buffered;
	enum hearing_end end = HEARING_TOLD;
	char text[HEARING_TEXT];
	const char *newline;

	while (end == HEARING_TOLD && buffered->end > buffered->start &&
	    (newline = memchr(buffered->data + buffered->start, '\n',
		 buffered->end - buffered->start)) != NULL) {
		const struct ack ack = { .index = computer->lines++,
			.bytes =
			    (uint64_t)(newline + 1 - buffered->data) - buffered->start };

		end = hearing_take(&computer->hearing, &ack, text);
	}
	if (end == HEARING_BROKEN)
		lose(computer);
	else if (end != HEARING_TOLD)
		set_fault(computer, COMPUTER_NO_MAP, "a line too many came");
	window_trim(&worker->window);
}

void
computer_read(struct computer *computer)
{
	int got = worker_absorb(&computer->worker, READ_SIZE);

	if (got < 0 && errno != ENODATA)
		set_fault(computer, COMPUTER_LOST, "output");
	if (computer->map && got > 0)
		take_lines(computer);
}

bool
computer_is_probed(const struct computer *computer)
{
	const struct worker *worker = &computer->worker;

	return worker_is_unknown(worker) && worker->window.written > 0;
}

/* Did the command end well by itself? */
static bool
is_well(const struct computer *computer)
{
	return !worker_failed(&computer->worker);
}

/* How many records more it may have: one that has not said hello gets one, to show it. */
static uint64_t
room(const struct worker *worker)
{
	uint64_t have = worker->window.records, most = worker->hello.window;

	if (worker->kind == WORKER_UNKNOWN)
		most = 1;
	else if (most == 0)
		most = UINT64_MAX;
	return have < most ? most - have : 0;
}

void
computer_give(struct computer *computer, struct batch *batch)
{
	batch_push(&computer->todo, batch);
}

/* Let it have what it wants of what it is to do. */
static void
hand_out(struct computer *computer)
{
	struct worker *worker = &computer->worker;
	struct batch *batch;

	while (place_may(&computer->place, PLACE_GIVE) && computer->todo.records > 0 &&
	    room(worker) > 0) {
		if (batch_cut(&computer->todo, room(worker), &batch) < 0 ||
		    window_add(&worker->window, batch) < 0) {
			set_fault(computer, COMPUTER_LOST, "records");
			return;
		}
	}
}

void
computer_feed(struct computer *computer, bool last, uint64_t now)
{
	struct worker *worker = &computer->worker;

	hand_out(computer);
	worker_feed(worker); /* that it reads no more is noticed when it ends */
	if (worker->in < 0 ||
	    ((!last || computer->todo.records > 0 || worker_hungry(worker)) &&
		!worker_is_mute(worker, now)))
		return;
	worker_end_input(worker);
	place_event(&computer->place, PLACE_END_INPUT);
}

bool
computer_ended(struct computer *computer)
{
	return place_may(&computer->place, PLACE_HEAR) && worker_ended(&computer->worker);
}

enum place_verdict
computer_judge(struct computer *computer, uint64_t left, bool more)
{
	const struct worker *worker = &computer->worker;
	const struct place_end end = { .reports = worker->kind == WORKER_NATIVE,
		.failed = !is_well(computer),
		.never = worker_never(worker, false),
		.open = worker->in >= 0,
		.read = worker_consumed(worker) > 0,
		.left = left,
		.more = more };

	return place_judge(&computer->place, &end);
}

void
computer_drain(struct computer *computer)
{
	struct worker *worker = &computer->worker;
	uint64_t written;

	errors_end(&worker->errors);
	if (!computer->map) {
		computer_hear(computer);
		return;
	}
	/* What it wrote waits there now; what it left behind may go on and on. */
	written = worker->out < 0 ? 0 : worker_taken(worker) + move_pending(worker->out);
	while (computer->fault == COMPUTER_FINE && worker_taken(worker) < written &&
	    worker_absorb(worker, READ_SIZE) > 0)
		take_lines(computer);
	if (computer->fault == COMPUTER_FINE && is_well(computer) &&
	    worker_end_line(worker))
		take_lines(computer);
}

void
computer_check_end(struct computer *computer)
{
	char text[WORKER_ILL_TEXT];
	const char *wrong = worker_ill_end(&computer->worker, text);

	if (wrong != NULL)
		set_fault(computer, COMPUTER_ILL, wrong);
}

void
computer_check_start(struct computer *computer)
{
	char how[WORKER_EXIT_TEXT], what[COMPUTER_TEXT];

	if (computer->worker.kind != WORKER_UNKNOWN)
		return;
	snprintf(what, sizeof(what), "%s before it said hello",
	    worker_exit_text(&computer->worker, how));
	set_fault(computer, is_well(computer) ? COMPUTER_FOREIGN : COMPUTER_UNBORN, what);
}

void
computer_check_lines(struct computer *computer)
{
	if (computer->map && is_well(computer) && computer->place.state == PLACE_ENDING)
		set_fault(computer, COMPUTER_NO_MAP, "lines are missing at its end");
}

bool
computer_takes(const struct computer *computer)
{
	const struct worker *worker = &computer->worker;

	return place_may(&computer->place, PLACE_GIVE) && computer->todo.records == 0 &&
	    !worker_hungry(worker) && room(worker) > 0;
}

void
computer_close(struct computer *computer)
{
	batch_clear(&computer->todo);
	window_clear(&computer->worker.window); /* what one left that died */
	worker_close(&computer->worker);
	place_event(&computer->place, PLACE_GONE);
	worker_free(&computer->worker);
}
