/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "backoff.h"
#include "clock.h"
#include "engines.h"
#include "fdio.h"
#include "get.h"
#include "headway.h"
#include "plural.h"
#include "reached.h"
#include "record.h"
#include "share.h"
#include "sig.h"

enum {
	READ_BYTES = 4 << 20, /* asked for at a time */
	STAY = 10 * 1000, /* ms that we stay the one reader without a word */
};

/* Before we ask again. */
static const struct backoff nothing = { .first = 5, .longest = 100 };

struct get {
	const struct queue_options *options;
	struct engine engine;
	char me[ENGINE_ID_SIZE];
	char last[ENGINE_ID_SIZE]; /* what was written last */
	bool unsafe; /* it was not dropped yet, and may be */
	struct reached reached;
	struct engine_read heard; /* last */
	int signals;
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
	get->heard = read;
	return read.count > 0 ? HEARD_SOME : HEARD_NONE;
}

/* Let another one read. */
static void
leave(struct get *get)
{
	ask(get, 0, 1);
	engines_close(&get->engine);
	close(get->signals);
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

static void
write_some(struct get *get)
{
	for (size_t i = 0; i < get->heard.count; i++) {
		const struct engine_result *result = &get->heard.results[i];

		count(get, result);
		if (get->options->into != NULL)
			continue; /* they are where they are to be */
		share_wait(&get->share);
		if (fdio_write(STDOUT_FILENO, result->data, result->len) < 0) {
			int error = errno;

			leave(get);
			die_output(error, "standard output");
		}
		share_leave(&get->share);
		snprintf(get->last, sizeof(get->last), "%s", result->id);
		get->unsafe = get->options->state == NULL;
	}
	if (get->options->state != NULL) { /* what that does not count is cut off */
		reached_save(&get->reached, get->last);
		get->unsafe = true;
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
		if (heard == HEARD_WOKEN || sig_next(get->signals) != 0)
			return STATUS_STOPPED;
		if (heard == HEARD_SOME) {
			write_some(get);
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
	get.engine.wake = get.signals;
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
