/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "backoff.h"
#include "clock.h"
#include "fdio.h"
#include "get.h"
#include "queue.h"
#include "share.h"
#include "sig.h"
#include "state.h"

enum {
	READ_BYTES = 4 << 20, /* asked for at a time */
	HOLD = 10 * 1000, /* ms that we stay the one reader without a word */
};

/* Before we ask again. */
static const struct backoff nothing = { .first = 5, .longest = 100 };

struct get {
	const struct queue_options *options;
	struct queue queue;
	char me[QUEUE_ID_MAX];
	char last[QUEUE_ID_MAX]; /* what was written last */
	bool unsafe; /* it was not dropped yet */
	struct state state;
	struct command command;
	uint64_t open, dead; /* records, as we heard last */
	int signals;
	struct share share; /* of standard output, with others that write to it */
};

enum heard { HEARD_SOME, HEARD_NONE, HEARD_BUSY, HEARD_WOKEN };

/* Ask for results, and let go of what is written; hold: how long we stay the reader. */
static enum heard
ask(struct get *get, size_t bytes, uint64_t hold)
{
	struct command *command = &get->command;
	const redisReply *reply;

	queue_begin(&get->queue, command, SCRIPT_READ, 1);
	queue_add_key(command, get->queue.name, "reader");
	command_text(command, get->me);
	command_number(command, hold);
	command_text(command, get->unsafe && !get->options->keep ? get->last : "");
	command_text(command, get->last);
	command_number(command, bytes);
	reply = link_ask(&get->queue.link, command, "[tii{tb}]");
	if (reply == NULL)
		return HEARD_WOKEN;
	if (strcmp(reply->element[0]->str, "busy") == 0)
		return HEARD_BUSY;
	get->unsafe = false;
	get->open = reply_number(reply->element[1]);
	get->dead = reply_number(reply->element[2]);
	return reply->elements > 3 ? HEARD_SOME : HEARD_NONE;
}

/* Let another one read. */
static void
leave(struct get *get)
{
	ask(get, 0, 1);
	command_free(&get->command);
	queue_close(&get->queue);
	close(get->signals);
}

static void
write_some(struct get *get)
{
	const redisReply *reply = get->command.reply;

	for (size_t i = 3; i + 1 < reply->elements; i += 2) {
		const redisReply *records = reply->element[i + 1];

		if (!reply_later(reply->element[i]->str, get->last) ||
		    records->len == 0 || records->str[records->len - 1] != '\n')
			link_odd(&get->queue.link, reply);
		share_wait(&get->share);
		if (fdio_write(STDOUT_FILENO, records->str, records->len) < 0) {
			int error = errno;

			leave(get);
			die_output(error, "standard output");
		}
		share_leave(&get->share);
		snprintf(get->last, sizeof(get->last), "%s", reply->element[i]->str);
		get->unsafe = true;
	}
	if (get->options->state != NULL)
		state_save(&get->state, get->last);
}

/* Nothing was there: is that the end, and with which status? */
static bool
ended(const struct get *get, uint64_t begin, enum status *status)
{
	const struct queue_options *o = get->options;

	if (o->follow)
		return false;
	if (!o->waits)
		return true;
	if (get->open == 0) {
		if (get->dead > 0) {
			warn("%s: %llu records are dead; see par-queue dead",
			    get->queue.name, (unsigned long long)get->dead);
			*status = STATUS_FAILED;
		}
		return true;
	}
	if (clock_ms() - begin < o->wait)
		return false;
	warn("%s: %llu records are not finished", get->queue.name,
	    (unsigned long long)get->open);
	*status = STATUS_STOPPED;
	return true;
}

static enum status
read_all(struct get *get)
{
	uint64_t begin = clock_ms(), busy_since = 0, pause = 0;
	enum status status = STATUS_OK;

	for (;;) {
		enum heard heard = ask(get, READ_BYTES, HOLD);

		if (heard == HEARD_WOKEN || sig_next(get->signals) != 0)
			return STATUS_STOPPED;
		if (heard == HEARD_SOME) {
			write_some(get);
			pause = 0;
			continue;
		}
		if (heard == HEARD_NONE && ended(get, begin, &status))
			return status;
		if (heard == HEARD_BUSY && busy_since == 0)
			busy_since = clock_ms();
		/* One that died is forgotten after HOLD; one that lives goes on. */
		if (heard == HEARD_BUSY && clock_ms() - busy_since > 2 * HOLD)
			die(STATUS_BROKEN, 0, "%s: another par-queue get is running",
			    get->queue.name);
		pause = backoff_next(&nothing, pause);
		link_pause(&get->queue.link, pause);
	}
}

enum status
get_run(const struct queue_options *options)
{
	static const int caught[] = { SIGINT, SIGTERM, SIGHUP };
	struct get get = { .options = options, .last = "0-0" };
	enum status status;

	if (options->state != NULL) {
		state_open(&get.state, options->state);
		memcpy(get.last, get.state.last, sizeof(get.last));
		get.unsafe = strcmp(get.last, "0-0") != 0;
	}
	queue_init(
	    &get.queue, options->operands[0], &options->address, options->patience);
	queue_own_name(get.me);
	get.signals = sig_open(caught, sizeof(caught) / sizeof(caught[0]));
	if (get.signals < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	sig_last_resort(2);
	share_open(&get.share, STDOUT_FILENO, &diag_says);
	get.queue.link.wake = get.signals;
	status = read_all(&get);
	leave(&get);
	share_close(&get.share);
	if (close(STDOUT_FILENO) < 0 && errno != EINTR)
		die_output(errno, "standard output");
	return status;
}
