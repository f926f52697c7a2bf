/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "backoff.h"
#include "clock.h"
#include "engines.h"
#include "fdio.h"
#include "get.h"
#include "grave.h"
#include "headway.h"
#include "os.h"
#include "plural.h"
#include "reached.h"
#include "record.h"
#include "share.h"
#include "sig.h"

enum {
	READ_BYTES = 4 << 20, /* asked for at a time */
	STAY = 10 * 1000, /* ms that we stay the one reader without a word */
	ACKS = 4096 /* bytes of acknowledgements read at a time */
};

/* Before we ask again. */
static const struct backoff nothing = { .first = 5, .longest = 100 };

struct get {
	const struct queue_options *options;
	struct engine engine;
	char me[ENGINE_ID_SIZE];
	char last[ENGINE_ID_SIZE]; /* what was written last */
	bool unsafe; /* it was not dropped yet, and may be */
	bool told; /* that the engine has forgotten what it gave */
	struct reached reached;
	struct engine_read heard; /* last */
	int signals;
	int watch; /* readable with these, or when nobody reads us any more; or -1 */
	uint64_t acks; /* lines of standard input, for what was not written yet */
	bool stayed; /* since results came: they are there no more */
	uint64_t open, dead; /* when dead ones were looked for last */
	char grave[ENGINE_ID_SIZE]; /* the last of these that was written */
	struct bytes lines;
	struct share share; /* of standard output, with others that write to it */
	struct headway headway;
	uint64_t written, written_bytes; /* records, for that */
};

enum heard { HEARD_SOME, HEARD_NONE, HEARD_BUSY, HEARD_WOKEN };

/* Ask for results, and let go of what is written; stay: how long we stay the reader. */
static enum heard
ask(struct get *get, size_t bytes, uint64_t stay)
{
	struct engine *engine = &get->engine;
	struct engine_read read = { .me = get->me,
		.stay = stay,
		.safe = get->unsafe && !get->options->keep ? get->last : "",
		.last = get->last,
		.bytes = bytes,
		.into = get->options->into };

	if (!engines_answered(engine, engine->kind->read(engine, &read)))
		return HEARD_WOKEN;
	if (read.busy)
		return HEARD_BUSY;
	get->unsafe = false;
	if (read.again && read.count > 0 && !get->told) {
		warn("%s: the server has forgotten what it gave, as one that took over: "
		     "results may be written twice",
		    engine->queue);
		get->told = true;
	}
	get->heard = read;
	return read.count > 0 ? HEARD_SOME : HEARD_NONE;
}

/* Let another one read. */
static void
leave(struct get *get)
{
	get->engine.wake = get->signals;
	ask(get, 0, 1);
	engines_close(&get->engine);
	close(get->signals);
	if (get->watch >= 0)
		close(get->watch);
	bytes_free(&get->lines);
}

/* End as who writes to somebody that has gone, if that is so: no results are lost. */
static void
check_reader(struct get *get)
{
	struct pollfd output = { .fd = STDOUT_FILENO };

	if (poll(&output, 1, 0) <= 0 || !fdio_unread(output.revents))
		return;
	leave(get);
	die_output(EPIPE, "standard output");
}

static void
write_out(struct get *get, const char *data, size_t len)
{
	share_wait(&get->share);
	if (fdio_write(STDOUT_FILENO, data, len) < 0) {
		int error = errno;

		leave(get);
		die_output(error, "standard output");
	}
	share_leave(&get->share);
}

/* Say that we are the reader still, while what we wrote is looked at. */
static void
stay(struct get *get)
{
	struct engine_read read = {
		.me = get->me, .stay = STAY, .safe = "", .last = get->last, .bytes = 1
	};

	engines_answered(&get->engine, get->engine.kind->read(&get->engine, &read));
	get->stayed = true;
}

/* Has somebody acknowledged the lines of that?  False: nobody will. */
static bool
acknowledged(struct get *get, const char *data, size_t len)
{
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = get->signals, .events = POLLIN } };
	char words[ACKS];
	uint64_t lines;

	if (!get->options->ack)
		return true;
	record_span(data, len, UINT64_MAX, SIZE_MAX, &lines);
	while (get->acks < lines) {
		int happened = poll(fds, 2, STAY / 3);
		ssize_t got;

		if (happened == 0)
			stay(get);
		if (happened <= 0)
			continue; /* a signal is seen by the next look */
		if (fds[1].revents != 0)
			return false;
		got = read(STDIN_FILENO, words, sizeof(words));
		if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
			return false;
		for (ssize_t i = 0; i < got; i++)
			get->acks += words[i] == '\n';
	}
	get->acks -= lines;
	return true;
}

/* Tell how far it is, if it is time, or over. */
static void
tell(struct get *get, bool over)
{
	struct headway_facts facts = { .what = "record", .done = get->written };

	snprintf(facts.more, sizeof(facts.more),
	    ", %.1f MB, %llu not finished, %llu dead", (double)get->written_bytes / 1e6,
	    (unsigned long long)get->heard.open, (unsigned long long)get->heard.dead);
	if (over)
		headway_end(&get->headway, &facts);
	else if (headway_is_due(&get->headway))
		headway_tell(&get->headway, &facts);
}

/* They are counted as long as somebody wants to know. */
static void
count(struct get *get, const struct engine_result *result)
{
	uint64_t records;

	if (!get->options->progress)
		return;
	record_span(result->data, result->len, UINT64_MAX, SIZE_MAX, &records);
	get->written += records;
	get->written_bytes += result->len;
}

/* Write the results that came; false: no more are wanted. */
static bool
write_some(struct get *get)
{
	get->stayed = false;
	for (size_t i = 0; i < get->heard.count && !get->stayed; i++) {
		const struct engine_result *result = &get->heard.results[i];
		char id[ENGINE_ID_SIZE];

		count(get, result);
		if (get->options->into != NULL)
			continue; /* they are where they are to be */
		snprintf(id, sizeof(id), "%s", result->id);
		write_out(get, result->data, result->len);
		if (!acknowledged(get, result->data, result->len))
			return false;
		memcpy(get->last, id, sizeof(id));
		get->unsafe = get->options->state == NULL;
	}
	if (get->options->state != NULL) { /* what that does not count is cut off */
		reached_save(&get->reached, get->last);
		get->unsafe = true;
	}
	return true;
}

/* Write what has died since we looked, if the numbers are others; as write_some(). */
static bool
write_dead(struct get *get)
{
	struct engine *engine = &get->engine;
	struct engine_read page = { .what = READ_DEAD, .last = get->grave };

	if (!get->options->dead || get->heard.dead == 0 ||
	    (get->heard.open == get->open && get->heard.dead == get->dead))
		return true;
	get->open = get->heard.open;
	get->dead = get->heard.dead;
	for (;;) {
		char last[ENGINE_ID_SIZE];

		if (!engines_answered(engine, engine->kind->read(engine, &page))) {
			get->dead = 0; /* once more, should we go on */
			return true;
		}
		if (page.count == 0)
			return true;
		get->lines.len = 0;
		for (size_t i = 0; i < page.count; i++)
			grave_lines(&page.graves[i], "-", &get->lines);
		memcpy(last, page.graves[page.count - 1].id, sizeof(last));
		write_out(get, get->lines.data, get->lines.len);
		if (!acknowledged(get, get->lines.data, get->lines.len))
			return false;
		memcpy(get->grave, last, sizeof(last));
	}
}

/* For how long nothing need be looked at, ms. */
static uint64_t
patience(const struct get *get, uint64_t begin, uint64_t busy_since)
{
	uint64_t now = clock_ms(), end = UINT64_MAX;

	if (get->options->waits && !get->options->follow &&
	    get->options->wait < UINT64_MAX - begin)
		end = begin + get->options->wait;
	if (busy_since != 0 && busy_since + 2 * STAY + 1 < end)
		end = busy_since + 2 * STAY + 1;
	return end > now ? end - now : 0;
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
	if (get->heard.open == 0) {
		if (get->heard.dead > 0) {
			warn("%s: %llu %s dead; see par-queue dead", get->engine.queue,
			    (unsigned long long)get->heard.dead,
			    plural(get->heard.dead, "record is", "records are"));
			*status = STATUS_FAILED;
		}
		return true;
	}
	if (clock_ms() - begin < o->wait)
		return false;
	warn("%s: %llu %s not finished; see par-queue ps", get->engine.queue,
	    (unsigned long long)get->heard.open,
	    plural(get->heard.open, "record is", "records are"));
	*status = STATUS_STOPPED;
	return true;
}

static enum status
read_all(struct get *get)
{
	uint64_t begin = clock_ms(), busy_since = 0, pause = 0;
	enum status status = STATUS_OK;

	for (;;) {
		enum heard heard = ask(get, READ_BYTES, STAY);

		tell(get, false);
		check_reader(get);
		if (heard == HEARD_WOKEN || sig_next(get->signals) != 0)
			return STATUS_STOPPED;
		if ((heard == HEARD_SOME && !write_some(get)) ||
		    (heard != HEARD_BUSY && !write_dead(get)))
			return STATUS_STOPPED;
		if (heard == HEARD_SOME) {
			pause = 0;
			continue;
		}
		if (heard == HEARD_NONE && ended(get, begin, &status))
			return status;
		if (heard != HEARD_BUSY)
			busy_since = 0;
		else if (busy_since == 0)
			busy_since = clock_ms();
		/* One that died is forgotten after STAY; one that lives goes on. */
		if (heard == HEARD_BUSY && clock_ms() - busy_since > 2 * STAY)
			die(STATUS_BROKEN, 0,
			    "%s: another par-queue get is running, and one reads at a "
			    "time",
			    get->engine.queue);
		pause = backoff_next(&nothing, pause);
		engine_await(&get->engine, pause,
		    headway_wait(&get->headway, patience(get, begin, busy_since)));
	}
}

enum status
get_run(const struct queue_options *options)
{
	static const int caught[] = { SIGINT, SIGTERM, SIGHUP };
	struct get get = { .options = options };
	enum status status;

	engines_open(&get.engine, &options->engine, options->operands[0]);
	snprintf(get.last, sizeof(get.last), "%s", get.engine.kind->start);
	if (options->state != NULL) {
		reached_open(&get.reached, options->state, get.engine.kind->start);
		memcpy(get.last, get.reached.last, sizeof(get.last));
		get.unsafe = strcmp(get.last, get.engine.kind->start) != 0;
	}
	if (engine_own_name(get.me) < 0)
		die(STATUS_BROKEN, errno, "getrandom");
	get.signals = sig_open(caught, sizeof(caught) / sizeof(caught[0]));
	if (get.signals < 0)
		die(STATUS_BROKEN, errno, "cannot begin");
	sig_last_resort(2);
	share_open(&get.share, STDOUT_FILENO, &diag_says);
	get.watch = os_watch_open();
	get.engine.wake = get.signals;
	if (get.watch >= 0 && os_watch(get.watch, get.signals, POLLIN, false) == 0 &&
	    os_watch(get.watch, STDOUT_FILENO, POLLERR, false) == 0)
		get.engine.wake = get.watch;
	if (options->follow)
		engines_say_missing(&get.engine, " yet; waits for one");
	else
		engines_must_exist(&get.engine);
	headway_open(&get.headway, options->progress);
	status = read_all(&get);
	tell(&get, true);
	leave(&get);
	share_close(&get.share);
	if (close(STDOUT_FILENO) < 0 && errno != EINTR)
		die_output(errno, "standard output");
	return status;
}
