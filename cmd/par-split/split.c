/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "diag.h"
#include "fifo.h"
#include "move.h"
#include "split.h"
#include "spread.h"
#include "unique.h"

/* How often to look whether a reader has emptied its pipe, milliseconds. */
enum { LOOK_FIRST = 1, LOOK_LAST = 16 };

/* Records in len bytes of whole ones. */
static uint64_t
count_records(const char *data, size_t len)
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
name_gone(struct split *split, struct output *out)
{
	size_t unread = out->pipe ? move_held(out->fd) : 0;

	if (unread > 0 && split->plan->mode == SPLIT_DEMAND)
		warn("%s: its reader left, with %zu bytes unread", out->name, unread);
	else
		warn("%s: its reader left", out->name);
	if (unread > 0 || split->plan->mode != SPLIT_DEMAND)
		split->failed = true;
}

void
split_output_failed(struct split *split, struct output *out)
{
	size_t len;
	const char *data;

	if (errno != EPIPE || (split->count == 1 && out->path == NULL))
		die_output(errno, out->name);
	name_gone(split, out);
	if (split->plan->mode == SPLIT_DEMAND) {
		give_back(split, out);
	} else {
		data = output_unwritten(out, &len);
		split->lost += count_records(data, len);
	}
	output_close(out, OUTPUT_GONE);
	split->left--;
}

/* Open the outputs that it is time for; when to try again, or -1. */
static int
open_outputs(struct split *split)
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
		pause = (int)(out->next_try_ms - now_ms);
		if (soonest < 0 || pause < soonest)
			soonest = pause;
	}
	return soonest;
}

/* Send what is kept; when the input has ended, close what is done with. */
static void
flush_outputs(struct split *split, bool last)
{
	for (size_t i = 0; i < split->count; i++) {
		struct output *out = &split->outputs[i];

		if (out->state != OUTPUT_OPEN)
			continue;
		if (output_flush(out) < 0)
			split_output_failed(split, out);
		else if (last && !output_keeps(out)) {
			if (output_close(out, OUTPUT_GONE) < 0)
				die_output(errno, out->name);
			split->left--;
		}
	}
}

static void
name_too_long(struct split *split, const struct record *rec)
{
	char why[160];

	snprintf(why, sizeof(why), "record at byte %llu is longer than %zu bytes",
	    (unsigned long long)rec->offset, split->in.limit);
	warn_record(rec->data, rec->len, why);
	split->failed = true;
}

/* Take more of what was read; false if there is nothing, or no more. */
static bool
take(struct split *split)
{
	struct record rec;
	char *data;

	for (;;) {
		switch (record_take_run(&split->in, &rec)) {
		case RECORD_OK:
			break;
		case RECORD_TOO_LONG:
			name_too_long(split, &rec);
			continue;
		case RECORD_EOF:
			split->in_ended = true;
			return false;
		case RECORD_NONE:
		case RECORD_ERROR:
			return false;
		}
		data = split->in.buffer + (rec.data - split->in.buffer);
		if (split->unique != NULL) {
			rec.len = unique_filter(split->unique, data, rec.len);
			if (rec.len == SIZE_MAX)
				die(STATUS_BROKEN, errno, "records seen");
		}
		split->rest = (struct run){ data, rec.len };
		if (rec.len > 0)
			return true;
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

/* Wait for the input, if wanted, and for the outputs; at most timeout ms. */
static void
wait_for(struct split *split, struct pollfd *polls, bool input, int timeout)
{
	nfds_t n = 1;

	polls[0] = (struct pollfd){ .fd = input ? split->in.fd : -1, .events = POLLIN };
	for (size_t i = 0; i < split->count; i++) {
		const struct output *out = &split->outputs[i];

		if (out->state == OUTPUT_OPEN)
			polls[n++] = (struct pollfd){ .fd = out->fd,
				.events = output_keeps(out) ? POLLOUT : 0 };
	}
	if (poll(polls, n, timeout) < 0 && errno != EINTR)
		die(STATUS_BROKEN, errno, "poll");
	n = 1;
	for (size_t i = 0; i < split->count; i++) {
		struct output *out = &split->outputs[i];

		if (out->state != OUTPUT_OPEN)
			continue;
		if (polls[n++].revents & POLLERR) {
			errno = EPIPE;
			split_output_failed(split, out);
		}
	}
	if (input && polls[0].revents != 0)
		fill(split);
}

/* The shorter of two timeouts; -1 is for ever. */
static int
sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

static void
loop(struct split *split, struct pollfd *polls)
{
	int look = LOOK_FIRST;

	while (split->left > 0) {
		int timeout = open_outputs(split);
		size_t before = split->back.len + split->rest.len;
		bool full = give(split);
		bool input = !full && !split->in_ended;

		if (!full)
			flush_outputs(split, split->in_ended);
		else
			flush_outputs(split, false);
		if (split->back.len > 0 && !full)
			continue;
		if (full && split->plan->mode == SPLIT_DEMAND) {
			bool moved = split->back.len + split->rest.len != before;

			look = moved ? LOOK_FIRST : look < LOOK_LAST ? look * 2 : look;
			timeout = sooner(timeout, look);
		}
		if (input && !split->in_waits) {
			fill(split);
			timeout = 0;
			input = false;
		}
		if (split->left > 0)
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
	if (fd < 0)
		die(STATUS_BROKEN, errno, "%s", split->in_name);
	if (record_open(&split->in, fd, split->plan->max_record) < 0)
		die(STATUS_BROKEN, errno, "buffers");
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
	if (!split->in_ended || split->rest.len > 0 || split->back.len > 0) {
		warn("all readers left, part of the input was not read");
		return STATUS_STOPPED;
	}
	return split->failed ? STATUS_FAILED : STATUS_OK;
}

enum status
split_run(const struct split_plan *plan, char *const *paths, size_t count)
{
	struct split split = { .plan = plan, .count = count, .left = count };
	struct pollfd *polls = calloc(count + 1, sizeof(*polls));
	enum status status;

	split.outputs = calloc(count, sizeof(*split.outputs));
	if (plan->unique)
		split.unique = unique_open();
	if (polls == NULL || split.outputs == NULL ||
	    (plan->unique && split.unique == NULL))
		die(STATUS_BROKEN, errno, "buffers");
	for (size_t i = 0; i < count; i++)
		output_init(&split.outputs[i], paths[i]);
	signal(SIGPIPE, SIG_IGN);
	fifo_expect_many();
	open_input(&split);
	loop(&split, polls);
	status = report(&split);
	unique_close(split.unique);
	record_close(&split.in);
	free(split.outputs);
	free(split.back_data);
	free(polls);
	return status;
}
