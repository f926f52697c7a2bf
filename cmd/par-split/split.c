/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backoff.h"
#include "clock.h"
#include "diag.h"
#include "fifo.h"
#include "headway.h"
#include "plural.h"
#include "record.h"
#include "split.h"
#include "spool.h"
#include "spread.h"
#include "unique.h"

/* How often to look whether a reader has emptied its pipe, milliseconds. */
static const struct backoff looks = { .first = 1, .longest = 16 };

enum split_input {
	SPLIT_INPUT_AWAITED, /* it is a FIFO that had no writer so far */
	SPLIT_INPUT_OPEN,
	SPLIT_INPUT_ENDED
};

struct split {
	const struct split_plan *plan;
	struct record_reader in;
	const char *in_name;
	bool in_waits; /* poll(2) tells when there is something */
	enum split_input in_state;
	int in_error; /* errno: that is its end; or 0 */
	struct outlets outlets;
	struct spread spread;
	struct records rest; /* read, and not yet given to any output */
	struct unique *unique; /* NULL unless plan->unique */
	bool stopped; /* by a signal */
	uint64_t opened_ms; /* clock_ms() at the start */
	bool failed; /* a record was named */
	struct headway headway;
	uint64_t taken, taken_bytes, named; /* records, for that, and bytes of them */
	uint64_t size; /* of the input, bytes; 0: nobody knows */
};

/* Name a record that failed. */
static void
fail(struct split *split, const char *data, size_t len, const char *why)
{
	warn_record(data, len, why);
	split->failed = true;
	split->named++;
}

static void
name_too_long(struct split *split, const struct record *rec)
{
	char why[160];

	snprintf(why, sizeof(why),
	    "record at byte %llu is longer than %zu bytes; see --max-record",
	    (unsigned long long)rec->offset, split->in.limit);
	fail(split, rec->data, rec->len, why);
}

/* Keep only new records in rest. */
static void
drop_seen(struct split *split)
{
	char *data = split->in.buffer + (split->rest.data - split->in.buffer);

	split->rest.len = unique_filter(split->unique, data, split->rest.len);
	if (split->rest.len == SIZE_MAX)
		die(STATUS_BROKEN, errno, "%s", spool_what());
}

/* At the end of the input: take what was put aside and is new; false at its end. */
static bool
take_aside(struct split *split)
{
	int got = 0;

	if (split->unique != NULL)
		got = unique_next(split->unique, &split->rest.data, &split->rest.len);
	if (got < 0)
		die(STATUS_BROKEN, errno, "%s", spool_what());
	if (got == 0) {
		split->rest.len = 0;
		split->in_state = SPLIT_INPUT_ENDED;
	}
	return got > 0;
}

/* What was taken is counted for the line of --progress, as long as there is one. */
static void
count(struct split *split)
{
	uint64_t records;

	if (!split->plan->progress)
		return;
	record_span(split->rest.data, split->rest.len, UINT64_MAX, SIZE_MAX, &records);
	split->taken += records;
	split->taken_bytes += split->rest.len;
}

/* Tell how far it is, if it is time, or over. */
static void
tell(struct split *split, bool over)
{
	struct headway_facts facts = { .what = "record",
		.done = split->taken,
		.bytes = split->taken_bytes,
		.size = split->size,
		.failed = split->named };

	if (over)
		headway_end(&split->headway, &facts);
	else if (headway_is_due(&split->headway))
		headway_tell(&split->headway, &facts);
}

/* Take more of what was read; false if there is nothing, or no more. */
static bool
take(struct split *split)
{
	struct record rec;

	for (;;) {
		switch (record_take_run(&split->in, &rec)) {
		case RECORD_OK:
			split->rest = (struct records){ rec.data, rec.len };
			count(split);
			if (split->unique != NULL)
				drop_seen(split);
			if (split->rest.len > 0)
				return true;
			break;
		case RECORD_TOO_LONG:
			name_too_long(split, &rec);
			break;
		case RECORD_EOF:
			return take_aside(split);
		case RECORD_NONE:
		case RECORD_ERROR:
			return split->in_error != 0 && take_aside(split);
		}
	}
}

/* Give away what is at hand; true if some of it must wait. */
static bool
give(struct split *split)
{
	do {
		/* A reader that leaves meanwhile gives back more. */
		if (split->outlets.back.len > 0)
			spread_records(&split->spread, &split->outlets.back);
		if (split->outlets.back.len == 0 && split->rest.len > 0)
			spread_records(&split->spread, &split->rest);
		if (split->outlets.back.len > 0 || split->rest.len > 0)
			return true;
	} while (take(split));
	return false;
}

static void
fill(struct split *split)
{
	if (record_fill_now(&split->in) != RECORD_ERROR)
		return;
	split->in_error = errno; /* the whole records that came before go out */
}

/* The shorter of two timeouts; -1 is for ever. */
static int
sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* How much longer to wait for a writer of the input, milliseconds; -1: for ever. */
static int
input_timeout(const struct split *split)
{
	uint64_t past = clock_ms() - split->opened_ms, wait_ms = split->plan->wait_ms;

	if (split->in_state != SPLIT_INPUT_AWAITED)
		return -1;
	if (past >= wait_ms)
		die(STATUS_BROKEN, 0, "%s: %s", split->in_name, fifo_why(ETIME));
	return wait_ms - past < INT_MAX ? (int)(wait_ms - past) : INT_MAX;
}

/* Wait for the input, if wanted, and for the outputs; at most timeout ms. */
static void
wait_for(struct split *split, struct pollfd *polls, bool input, int timeout)
{
	nfds_t n;

	if (input)
		timeout = sooner(timeout, input_timeout(split));
	polls[0] = (struct pollfd){ .fd = input ? split->in.fd : -1, .events = POLLIN };
	polls[1] = (struct pollfd){ .fd = split->plan->signals, .events = POLLIN };
	n = 2 + outlets_poll(&split->outlets, polls + 2, &timeout);
	if (poll(polls, n, timeout) < 0) {
		if (errno != EINTR)
			die(STATUS_BROKEN, errno, "poll");
		return;
	}
	outlets_hear(&split->outlets, polls + 2);
	split->stopped = polls[1].revents != 0;
	if (input && polls[0].revents != 0) {
		split->in_state = SPLIT_INPUT_OPEN;
		fill(split);
	}
}

/* Is there nothing left to do? */
static bool
done(const struct split *split)
{
	if (split->outlets.left == 0 || split->stopped)
		return true;
	/* One file after the other: none is begun before there is a record for it. */
	return split->in_state == SPLIT_INPUT_ENDED && split->plan->mode == SPLIT_FILL &&
	    split->rest.len == 0 && split->outlets.all[0].state == OUTLET_GONE;
}

static void
loop(struct split *split, struct pollfd *polls)
{
	uint64_t look = 0;

	while (!done(split)) {
		int timeout = outlets_open(&split->outlets);
		size_t before = split->outlets.back.len + split->rest.len;
		bool full = give(split);
		bool input = !full && split->in_state != SPLIT_INPUT_ENDED;
		bool emptied = outlets_flush(
		    &split->outlets, split->in_state == SPLIT_INPUT_ENDED && !full);

		if ((split->outlets.back.len > 0 && !full) || (full && emptied))
			continue;
		if (full && split->plan->mode == SPLIT_DEMAND) {
			bool moved = split->outlets.back.len + split->rest.len != before;

			look = backoff_next(&looks, moved ? 0 : look);
			timeout = sooner(timeout, (int)look);
		}
		if (input && !split->in_waits) {
			fill(split);
			timeout = 0;
			input = false;
		}
		tell(split, false);
		if (!done(split))
			wait_for(split, polls, input,
			    headway_timeout(&split->headway, timeout));
	}
}

static void
open_input(struct split *split)
{
	const char *path = split->plan->input;
	bool standard = strcmp(path, "-") == 0;
	int fd = STDIN_FILENO;

	split->in_name = standard ? "standard input" : path;
	if (standard) {
		split->in_waits = fifo_waits(fd);
		diag_awaits("records");
	} else
		fd = fifo_open_read(path, &split->in_waits);
	split->in_state = !standard && split->in_waits && split->plan->wait_ms > 0
	    ? SPLIT_INPUT_AWAITED
	    : SPLIT_INPUT_OPEN;
	if (fd < 0 || fifo_check_read(fd) < 0)
		die(STATUS_BROKEN, errno, "%s", split->in_name);
	if (record_open(&split->in, fd, (size_t)split->plan->max_record) < 0)
		die(STATUS_BROKEN, errno, "buffers");
	headway_open(&split->headway, split->plan->progress);
	split->size = headway_size(fd);
}

/* For struct unique_plan: a record has no key to be told apart by. */
static void
fail_lacking(void *split, const char *data, size_t len)
{
	fail(split, data, len, key_lacking(data, len));
}

/* What is left to say at the end; the exit status. */
static enum status
report(struct split *split)
{
	if (split->unique != NULL)
		warn("%llu duplicate%s dropped of %llu record%s",
		    (unsigned long long)unique_dropped(split->unique),
		    plural(unique_dropped(split->unique), "", "s"),
		    (unsigned long long)unique_seen(split->unique),
		    plural(unique_seen(split->unique), "", "s"));
	if (split->outlets.lost > 0)
		warn("%llu record%s lost with the readers that left",
		    (unsigned long long)split->outlets.lost,
		    plural(split->outlets.lost, "", "s"));
	if (split->stopped || split->in_state != SPLIT_INPUT_ENDED ||
	    split->rest.len > 0 || split->outlets.back.len > 0) {
		warn("stopped early: %spart of the input was not %s",
		    split->stopped ? "" : "all readers left, and ",
		    split->stopped ? "written" : "read");
		return STATUS_STOPPED;
	}
	if (split->in_error != 0)
		die(STATUS_BROKEN, split->in_error, "%s", split->in_name);
	return split->failed || split->spread.failed || split->outlets.failed
	    ? STATUS_FAILED
	    : STATUS_OK;
}

/* Set up what split_run() works with; the room for poll(2). */
static struct pollfd *
begin(struct split *split, char *const *paths, size_t count)
{
	const struct split_plan *plan = split->plan;
	struct pollfd *polls = calloc(count + 2, sizeof(*polls));

	if (plan->unique)
		split->unique =
		    unique_open(&(struct unique_plan){ .key = plan->unique_key,
			.memory = (size_t)plan->memory,
			.lacking = fail_lacking,
			.context = split });
	if (polls == NULL || outlets_init(&split->outlets, plan, paths, count) < 0 ||
	    (plan->unique && split->unique == NULL))
		die(STATUS_BROKEN, errno, "buffers");
	split->opened_ms = clock_ms();
	split->spread = (struct spread){ .plan = plan, .outlets = &split->outlets };
	signal(SIGPIPE, SIG_IGN);
	fifo_expect_many();
	open_input(split);
	return polls;
}

enum status
split_run(const struct split_plan *plan, char *const *paths, size_t count)
{
	struct split split = { .plan = plan };
	struct pollfd *polls = begin(&split, paths, count);
	enum status status;

	loop(&split, polls);
	tell(&split, true);
	status = report(&split);
	unique_close(split.unique);
	record_close(&split.in);
	spread_close(&split.spread);
	outlets_close(&split.outlets);
	free(polls);
	return status;
}
