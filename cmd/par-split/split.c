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
#include "move.h"
#include "split.h"
#include "spool.h"
#include "spread.h"
#include "unique.h"

/* How often to look whether a reader has emptied its pipe, milliseconds. */
static const struct backoff looks = { .first = 1, .longest = 16 };

uint64_t
split_count(const char *data, size_t len)
{
	const char *end = data + len;
	uint64_t count = 0;

	while ((data = memchr(data, '\n', (size_t)(end - data))) != NULL) {
		count++;
		data++;
	}
	return count;
}

/* Have what out did not take given to the others. */
static void
give_back(struct split *split, struct output *out)
{
	size_t len;
	const char *data = output_unwritten(out, &len);
	char *joined = malloc(split->back.len + len + 1);

	if (joined == NULL)
		die(STATUS_BROKEN, errno, "%s", out->name);
	if (split->back.len > 0)
		memcpy(joined, split->back.data, split->back.len);
	if (len > 0)
		memcpy(joined + split->back.len, data, len);
	free(split->back_data);
	split->back_data = joined;
	split->back = (struct run){ joined, split->back.len + len };
}

/* Say that a reader has left, and what that costs. */
static void
name_gone(struct split *split, struct output *out, bool follow)
{
	size_t unread = out->pipe ? move_held(out->fd) : 0;
	bool passed_on = follow || split->plan->mode == SPLIT_DEMAND;

	if (unread > 0)
		split->lost += move_held_lines(out->fd);
	if (unread > 0)
		warn("%s: its reader left, with %zu bytes unread", out->name, unread);
	else
		warn("%s: its reader left", out->name);
	if (unread > 0 || !passed_on)
		split->failed = true;
}

/* Close out, whose kept records go to the others, or are lost with it. */
static void
lose(struct split *split, struct output *out)
{
	size_t len;
	const char *data;

	if (split->plan->mode == SPLIT_DEMAND) {
		give_back(split, out);
	} else {
		data = output_unwritten(out, &len);
		split->lost += split_count(data, len);
	}
	output_close(out, OUTPUT_GONE);
	split->left--;
}

/* The same, but out comes back when it has another reader. */
static void
lose_for_now(struct split *split, struct output *out)
{
	if (split->plan->mode == SPLIT_DEMAND) {
		give_back(split, out);
		out->start = out->used = 0;
	}
	output_await_another(out, clock_ms());
}

void
split_output_failed(struct split *split, struct output *out)
{
	bool follow = split->plan->follow && out->path != NULL;

	if (errno != EPIPE || (split->count == 1 && out->path == NULL))
		die_output(errno, out->name);
	name_gone(split, out, follow);
	if (follow)
		lose_for_now(split, out);
	else
		lose(split, out);
}

/* Give up a FIFO that had no reader in time. */
static void
give_up(struct split *split, struct output *out)
{
	warn("%s: %s", out->name, fifo_why(ETIME));
	split->failed = true;
	lose(split, out);
}

int
split_open_outputs(struct split *split)
{
	uint64_t now_ms = clock_ms();
	int soonest = -1;

	for (size_t i = 0; i < split->count; i++) {
		struct output *out = &split->outputs[i];
		int pause;

		if (out->state != OUTPUT_CLOSED)
			continue;
		if (output_try_open(out, now_ms) < 0)
			die(STATUS_BROKEN, errno, "%s", out->name);
		if (out->state != OUTPUT_CLOSED)
			continue;
		if (split->plan->wait_ms > 0 &&
		    now_ms - out->closed_ms >= split->plan->wait_ms) {
			give_up(split, out);
			continue;
		}
		pause = (int)(out->next_try_ms - now_ms);
		if (soonest < 0 || pause < soonest)
			soonest = pause;
	}
	return soonest;
}

/* Has the reader of a pipe left, that nothing more will be written to? */
static bool
has_left(const struct output *out)
{
	struct pollfd p = { .fd = out->fd };

	return out->pipe && poll(&p, 1, 0) > 0 && (p.revents & POLLERR) != 0;
}

/*
 * Send what is kept; when the input has ended, close what is done with.  True if
 * an output has sent all that it kept, and so has room that nobody will wait for.
 */
static bool
flush_outputs(struct split *split, bool last)
{
	bool emptied = false;

	for (size_t i = 0; i < split->count; i++) {
		struct output *out = &split->outputs[i];
		bool kept = output_keeps(out);

		if (last && out->state == OUTPUT_CLOSED && out->served && !kept) {
			output_close(out, OUTPUT_GONE); /* it has had all of it */
			split->left--;
		}
		if (out->state != OUTPUT_OPEN)
			continue;
		if (output_flush(out) < 0) {
			split_output_failed(split, out);
		} else if (last && !output_keeps(out) && has_left(out)) {
			errno = EPIPE;
			split_output_failed(split, out);
		} else if (last && !output_keeps(out)) {
			if (output_close(out, OUTPUT_GONE) < 0)
				die_output(errno, out->name);
			split->left--;
		}
		emptied = emptied || (kept && !output_keeps(out));
	}
	return emptied;
}

void
split_fail(struct split *split, const char *data, size_t len, const char *why)
{
	warn_record(data, len, why);
	split->failed = true;
}

static void
name_too_long(struct split *split, const struct record *rec)
{
	char why[160];

	snprintf(why, sizeof(why), "record at byte %llu is longer than %zu bytes",
	    (unsigned long long)rec->offset, split->in.limit);
	split_fail(split, rec->data, rec->len, why);
}

/* Keep only new records in rest. */
static void
drop_seen(struct split *split)
{
	char *data = split->in.buffer + (split->rest.data - split->in.buffer);

	split->rest.len = unique_filter(split->unique, data, split->rest.len);
	if (split->rest.len == SIZE_MAX)
		die(STATUS_BROKEN, errno, "%s", spool_folder());
}

/* At the end of the input: take what was put aside and is new; false at its end. */
static bool
take_aside(struct split *split)
{
	int got = 0;

	if (split->unique != NULL)
		got = unique_next(split->unique, &split->rest.data, &split->rest.len);
	if (got < 0)
		die(STATUS_BROKEN, errno, "%s", spool_folder());
	if (got == 0) {
		split->rest.len = 0;
		split->in_ended = true;
	}
	return got > 0;
}

/* Take more of what was read; false if there is nothing, or no more. */
static bool
take(struct split *split)
{
	struct record rec;

	for (;;) {
		switch (record_take_run(&split->in, &rec)) {
		case RECORD_OK:
			split->rest = (struct run){ rec.data, rec.len };
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
			return false;
		}
	}
}

/* Give away what is at hand; true if some of it must wait. */
static bool
give(struct split *split)
{
	do {
		/* A reader that leaves meanwhile gives back more. */
		if (split->back.len > 0)
			spread(split, &split->back);
		if (split->back.len == 0 && split->rest.len > 0)
			spread(split, &split->rest);
		if (split->back.len > 0 || split->rest.len > 0)
			return true;
	} while (take(split));
	return false;
}

static void
fill(struct split *split)
{
	if (record_fill_now(&split->in) == RECORD_ERROR)
		die(STATUS_BROKEN, errno, "%s", split->in_name);
}

/* Hear what poll(2) said of the outputs, in their order. */
static void
hear_outputs(struct split *split, const struct pollfd *polls)
{
	for (size_t i = 0; i < split->count; i++) {
		struct output *out = &split->outputs[i];

		if (out->state != OUTPUT_OPEN)
			continue;
		if (polls++->revents & POLLERR) {
			errno = EPIPE;
			split_output_failed(split, out);
		}
	}
}

/* The shorter of two timeouts; -1 is for ever. */
static int
sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* How long to wait for a writer of the input still, milliseconds; -1: for ever. */
static int
input_patience(const struct split *split)
{
	uint64_t past = clock_ms() - split->opened_ms, wait_ms = split->plan->wait_ms;

	if (!split->in_awaited)
		return -1;
	if (past >= wait_ms)
		die(STATUS_BROKEN, 0, "%s: %s", split->in_name, fifo_why(ETIME));
	return wait_ms - past < INT_MAX ? (int)(wait_ms - past) : INT_MAX;
}

/* Wait for the input, if wanted, and for the outputs; at most timeout ms. */
static void
wait_for(struct split *split, struct pollfd *polls, bool input, int timeout)
{
	nfds_t n = 2;

	if (input)
		timeout = sooner(timeout, input_patience(split));
	polls[0] = (struct pollfd){ .fd = input ? split->in.fd : -1, .events = POLLIN };
	polls[1] = (struct pollfd){ .fd = split->plan->signals, .events = POLLIN };
	for (size_t i = 0; i < split->count; i++) {
		const struct output *out = &split->outputs[i];
		bool keeps = output_keeps(out), refused = out->share.refused;

		if (out->state == OUTPUT_OPEN)
			polls[n++] = (struct pollfd){ .fd = out->fd,
				.events = keeps && !refused ? POLLOUT : 0 };
		if (keeps && refused)
			timeout = sooner(timeout, SHARE_PAUSE);
	}
	if (poll(polls, n, timeout) < 0) {
		if (errno != EINTR)
			die(STATUS_BROKEN, errno, "poll");
		return;
	}
	hear_outputs(split, polls + 2);
	split->stopped = polls[1].revents != 0;
	if (input && polls[0].revents != 0) {
		split->in_awaited = false;
		fill(split);
	}
}

/* Is there nothing left to do? */
static bool
done(const struct split *split)
{
	if (split->left == 0 || split->stopped)
		return true;
	/* One file after the other: none is begun before there is a record for it. */
	return split->in_ended && split->plan->mode == SPLIT_FILL &&
	    split->rest.len == 0 && split->outputs[0].state == OUTPUT_GONE;
}

static void
loop(struct split *split, struct pollfd *polls)
{
	uint64_t look = 0;

	while (!done(split)) {
		int timeout = split_open_outputs(split);
		size_t before = split->back.len + split->rest.len;
		bool full = give(split);
		bool input = !full && !split->in_ended;
		bool emptied = flush_outputs(split, split->in_ended && !full);

		if ((split->back.len > 0 && !full) || (full && emptied))
			continue;
		if (full && split->plan->mode == SPLIT_DEMAND) {
			bool moved = split->back.len + split->rest.len != before;

			look = backoff_next(&looks, moved ? 0 : look);
			timeout = sooner(timeout, (int)look);
		}
		if (input && !split->in_waits) {
			fill(split);
			timeout = 0;
			input = false;
		}
		if (!done(split))
			wait_for(split, polls, input, timeout);
	}
}

static void
open_input(struct split *split)
{
	const char *path = split->plan->input;
	bool standard = strcmp(path, "-") == 0;
	int fd = STDIN_FILENO;

	split->in_name = standard ? "standard input" : path;
	if (standard)
		split->in_waits = fifo_waits(fd);
	else
		fd = fifo_open_read(path, &split->in_waits);
	split->in_awaited = !standard && split->in_waits && split->plan->wait_ms > 0;
	if (fd < 0 || fifo_check_read(fd) < 0)
		die(STATUS_BROKEN, errno, "%s", split->in_name);
	if (record_open(&split->in, fd, split->plan->max_record) < 0)
		die(STATUS_BROKEN, errno, "buffers");
}

/* A record has no key to be told apart by; for struct unique_plan. */
static void
fail_lacking(void *split, const char *data, size_t len)
{
	split_fail(split, data, len, key_lacking);
}

/* What is left to say at the end; the exit status. */
static enum status
report(struct split *split)
{
	if (split->unique != NULL)
		warn("%llu duplicates dropped of %llu records",
		    (unsigned long long)unique_dropped(split->unique),
		    (unsigned long long)unique_seen(split->unique));
	if (split->lost > 0)
		warn("%llu records lost with the readers that left",
		    (unsigned long long)split->lost);
	if (split->stopped || !split->in_ended || split->rest.len > 0 ||
	    split->back.len > 0) {
		warn("%s, part of the input was not %s",
		    split->stopped ? "stopped by a signal" : "all readers left",
		    split->stopped ? "written" : "read");
		return STATUS_STOPPED;
	}
	return split->failed ? STATUS_FAILED : STATUS_OK;
}

/* Set up what split_run() works with; the room for poll(2). */
static struct pollfd *
begin(struct split *split, char *const *paths)
{
	const struct split_plan *plan = split->plan;
	struct pollfd *polls = calloc(split->count + 2, sizeof(*polls));

	split->outputs = calloc(split->count, sizeof(*split->outputs));
	if (plan->unique)
		split->unique =
		    unique_open(&(struct unique_plan){ .key = plan->unique_key,
			.memory = (size_t)plan->memory,
			.lacking = fail_lacking,
			.context = split });
	if (polls == NULL || split->outputs == NULL ||
	    (plan->unique && split->unique == NULL))
		die(STATUS_BROKEN, errno, "buffers");
	split->opened_ms = clock_ms();
	for (size_t i = 0; i < split->count; i++) {
		output_init(&split->outputs[i], paths[i], split->opened_ms);
		split->outputs[i].own = plan->own;
	}
	if (plan->mode == SPLIT_FILL)
		split->outputs[0].state = OUTPUT_GONE;
	signal(SIGPIPE, SIG_IGN);
	fifo_expect_many();
	open_input(split);
	return polls;
}

enum status
split_run(const struct split_plan *plan, char *const *paths, size_t count)
{
	struct split split = { .plan = plan, .count = count, .left = count };
	struct pollfd *polls = begin(&split, paths);
	enum status status;

	loop(&split, polls);
	status = report(&split);
	unique_close(split.unique);
	record_close(&split.in);
	free(split.outputs);
	free(split.back_data);
	free(split.file_name);
	free(polls);
	return status;
}
