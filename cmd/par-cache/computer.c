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
	READ_SIZE = 256 << 10
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
never_joint(void *context, const struct ack *ack)
{
	(void)context;
	(void)ack;
	return false;
}

int
computer_start(struct computer *computer, const struct computer_plan *plan)
{
	static const char *const env[] = { NULL };
	const struct worker_plan start = { .argv = plan->command,
		.env = env,
		.hold_in_memory = true,
		.kind = plan->map ? WORKER_MAP : WORKER_UNKNOWN };

	*computer = (struct computer){ .command = plan->command, .map = plan->map };
	computer->hearing = (struct hearing){ .worker = &computer->worker,
		.context = plan->context,
		.joint = never_joint,
		.told = plan->told };
	worker_init(&computer->worker, 1, &diag_says);
	if (worker_start(&computer->worker, &start) < 0)
		return -1;
	if (plan->map)
		worker_in_size(&computer->worker, IN_PIPE);
	return 0;
}

/* The command breaks the protocol: nothing that it says can be relied on. */
static void
distrust(struct computer *computer, const char *what)
{
	warn("%s: %s; killed", computer->command[0], what);
	worker_signal(&computer->worker, SIGKILL);
	worker_silence(&computer->worker);
}

/* The command breaks a rule with the record that ack tells of. */
static void
refuse(struct computer *computer, const struct ack *ack, const char *text)
{
	char shown[HEARING_SHOWN], what[COMPUTER_TEXT];

	if (!hearing_show(&computer->hearing, ack, shown))
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
		worker_in_size(&computer->worker, IN_PIPE);
		break;
	case HEARING_UNSURE:
	case HEARING_TOLD:
		break;
	case HEARING_PLAIN:
		set_fault(computer, COMPUTER_FOREIGN, "");
		break;
	case HEARING_JOINT:
		set_fault(computer, COMPUTER_JOINT, "");
		break;
	case HEARING_BAD:
		if (computer->worker.kind == WORKER_UNKNOWN)
			set_fault(computer, COMPUTER_BAD, text);
		else
			distrust(computer, text);
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
	while (hear_word(computer))
		continue;
	window_trim(&computer->worker.window);
}

/* Lines of --map: each is all that its record gives. */
static void
take_lines(struct computer *computer)
{
	struct worker *worker = &computer->worker;
	struct hold *hold = &worker->hold;
	enum hearing_end end = HEARING_TOLD;
	char text[HEARING_TEXT];
	const char *newline;

	while (end == HEARING_TOLD && hold->end > hold->start &&
	    (newline = memchr(hold->data + hold->start, '\n', hold->end - hold->start)) !=
		NULL) {
		const struct ack ack = { .index = computer->lines++,
			.bytes = (uint64_t)(newline + 1 - hold->data) - hold->start };

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

	return worker->kind == WORKER_UNKNOWN && !worker->unsure &&
	    worker->window.written > 0;
}

/* A command that reads before it has said hello, if that does not come now, is plain. */
void
computer_probe(struct computer *computer)
{
	if (!computer_is_probed(computer) || worker_consumed(&computer->worker) == 0)
		return;
	computer_hear(computer);
	if (computer_is_probed(computer))
		set_fault(computer, COMPUTER_FOREIGN, "");
}

/* Did the command end well by itself? */
static bool
is_well(const struct computer *computer)
{
	return computer->worker.exit_code == 0 && computer->worker.exit_signal == 0;
}

void
computer_drain(struct computer *computer)
{
	struct worker *worker = &computer->worker;
	size_t left;

	errors_end(&worker->errors);
	if (!computer->map) {
		computer_hear(computer);
		return;
	}
	/* What it wrote waits there now; what it left behind may go on and on. */
	left = worker->out < 0 ? 0 : move_held(worker->out) / READ_SIZE + 1;
	while (computer->fault == COMPUTER_FINE && worker->out >= 0 && left-- > 0 &&
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
computer_check_lines(struct computer *computer)
{
	if (computer->map && is_well(computer) && computer->worker.in < 0)
		set_fault(computer, COMPUTER_NO_MAP, "lines are missing at its end");
}

bool
computer_takes(const struct computer *computer)
{
	const struct worker *worker = &computer->worker;
	uint64_t window = worker->hello.window;

	return !worker_hungry(worker) &&
	    (window == 0 || worker->window.records < window) &&
	    (worker->kind != WORKER_UNKNOWN || worker->window.records == 0);
}

void
computer_close(struct computer *computer)
{
	struct batch_queue left = { 0 }; /* by one that died */

	window_take_back(&computer->worker.window, 0, &left);
	batch_clear(&left);
	worker_close(&computer->worker);
	worker_free(&computer->worker);
}
