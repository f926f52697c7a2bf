/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "below.h"
#include "clock.h"
#include "grow.h"
#include "need.h"

/* More than a clock can be off, and an event be late: ns. */
#define FAR_OFF (INT64_MAX / 4)

enum { APART = 1000 * 1000 /* ns by which clocks are told to differ */ };

static struct below_group *
find(const struct below *below, unsigned worker, unsigned theirs)
{
	for (size_t i = 0; i < below->count; i++)
		if (below->groups[i].worker == worker &&
		    below->groups[i].theirs == theirs)
			return &below->groups[i];
	return NULL;
}

/* A new one; NULL if there are too many. */
static struct below_group *
add(struct below *below, unsigned worker, unsigned theirs)
{
	if (below->count == TRACE_GROUPS)
		return NULL;
	below->groups = grow(below->groups, &below->room, below->count + 1,
	    sizeof(*below->groups), SIZE_MAX);
	if (below->groups == NULL)
		need_failed((below->count + 1) * sizeof(*below->groups));
	below->groups[below->count] =
	    (struct below_group){ .worker = worker, .theirs = theirs };
	return &below->groups[below->count++];
}

static struct below_row *
row_of(struct below_group *group, unsigned number)
{
	size_t before = group->room;

	group->rows =
	    grow(group->rows, &group->room, number + 1, sizeof(*group->rows), SIZE_MAX);
	if (group->rows == NULL)
		need_failed((number + 1) * sizeof(*group->rows));
	memset(group->rows + before, 0, (group->room - before) * sizeof(*group->rows));
	return &group->rows[number];
}

/* Put an event of it. */
static void
put(const struct below *below, const struct below_group *group, unsigned row,
    struct trace_event event)
{
	event.group = (unsigned)(group - below->groups) + 1;
	event.row = row;
	trace_file_put(below->file, &event);
}

/* What was summed goes to the file. */
static void
put_sums(const struct below *below, const struct below_group *group, unsigned number)
{
	struct below_row *row = &group->rows[number];
	char name[40];

	if (!row->sums)
		return;
	row->sums = false;
	snprintf(name, sizeof(name), "%" PRIu64 " records", row->sum[0].number);
	put(below, group, number,
	    (struct trace_event){ .kind = TRACE_SLICE,
		.at = row->begin,
		.length = row->end - row->begin,
		.name = name,
		.args = row->sum });
}

/* The number of that name goes into the sums of a row. */
static void
sum_arg(struct below_row *row, const struct trace_arg *arg)
{
	struct trace_arg *sum = row->sum;

	while (sum < row->sum + TRACE_ARGS && sum->name != NULL && sum->name != arg->name)
		sum++;
	if (sum == row->sum + TRACE_ARGS)
		return;
	if (sum->name == NULL)
		*sum = *arg;
	else if (strcmp(arg->name, "first") != 0)
		sum->number += arg->number;
}

/* A slice of records: by itself, or with those that wait. */
static void
take_records(
    const struct below *below, const struct below_group *group, struct trace_event *event)
{
	struct below_row *row = &group->rows[event->row];

	row->end = event->at + event->length;
	if (!row->sums && trace_file_takes(below->file)) {
		put(below, group, event->row, *event);
		return;
	}
	if (!row->sums) {
		row->sums = true;
		row->begin = event->at;
		memset(row->sum, 0, sizeof(row->sum));
	}
	for (const struct trace_arg *arg = event->args; arg->name != NULL; arg++)
		sum_arg(row, arg);
	if (row->end - row->begin >= below->file->span && trace_file_takes(below->file))
		put_sums(below, group, event->row);
}

static void
end_row(const struct below *below, const struct below_group *group, unsigned number,
    uint64_t at)
{
	struct below_row *row = &group->rows[number];

	put_sums(below, group, number);
	if (row->open)
		put(below, group, number,
		    (struct trace_event){
			.kind = TRACE_END, .at = at < row->end ? row->end : at });
	row->open = false;
}

/*
 * Say how its clock and ours were apart, where the trace shows it by ours: once, when it
 * is known as well as it will be.
 */
static void
say_clock(const struct below *below, struct below_group *group, uint64_t at)
{
	int64_t off = (int64_t)(group->epoch - below->file->epoch) - group->ahead;
	char text[120];

	if (group->epoch == 0)
		return;
	if (off < APART && off > -APART)
		snprintf(text, sizeof(text), "its clock is ours, within 1 ms");
	else
		snprintf(text, sizeof(text),
		    "its clock is %" PRId64 " ms %s, shown by ours",
		    (off < 0 ? -off : off) / APART, off < 0 ? "behind" : "ahead");
	put(below, group, TRACE_RUN,
	    (struct trace_event){ .kind = TRACE_INSTANT, .at = at, .name = text });
	group->epoch = 0;
}

static void
end_rows(const struct below *below, struct below_group *group, uint64_t at)
{
	for (size_t i = 0; i < group->room; i++)
		end_row(below, group, (unsigned)i, at);
	say_clock(below, group, at);
}

void
below_ended(struct below *below, unsigned worker, uint64_t at)
{
	for (size_t i = 0; i < below->count; i++)
		if (below->groups[i].worker == worker)
			end_rows(below, &below->groups[i], at);
}

void
below_end(struct below *below, uint64_t at)
{
	for (size_t i = 0; i < below->count; i++)
		end_rows(below, &below->groups[i], at);
}

/* It says how it is called: the first that it says. */
static void
begin(struct below *below, struct below_group *group, const struct account *account,
    const struct trace_event *event)
{
	char name[HOST_NAME_MOST + TRACE_NAME + 20];
	uint64_t now = clock_ns();

	if (group->theirs == 0) {
		below_ended(below, group->worker, now);
		group->ahead = account->worker->framed ? (int64_t)(now - event->at) : 0;
		group->epoch = account->worker->framed ? event->length - event->at : 0;
	}
	if (account->host != NULL)
		snprintf(name, sizeof(name), "%s: %s", account->host, event->name);
	else
		snprintf(name, sizeof(name), "worker %u: %s", group->worker, event->name);
	if (!group->known)
		put(below, group, TRACE_RUN,
		    (struct trace_event){ .kind = TRACE_NAMED,
			.at = now,
			.length = below->file->epoch + now,
			.name = name });
	group->known = true;
}

/* Its times, by our clock: none is in what is to come, nor before what was told. */
static void
set_times(const struct below *below, const struct below_group *group,
    const struct below_row *row, struct trace_event *event)
{
	struct below_group *worker = find(below, group->worker, 0);
	uint64_t now = clock_ns(), end = event->at + event->length, at;

	/* What had happened there when it was told is not to come. */
	if (worker->epoch != 0 && (int64_t)(now - end) < worker->ahead)
		worker->ahead = (int64_t)(now - end);
	at = event->at + (uint64_t)worker->ahead;
	end = at + event->length;
	if (at > FAR_OFF || at < row->end)
		at = row->end;
	at = at > now ? now : at;
	end = end > now ? now : end;
	event->at = at;
	event->length = event->kind == TRACE_SLICE && end > at ? end - at : 0;
}

/* An event of a row that is known. */
static void
take_event(
    const struct below *below, const struct below_group *group, struct trace_event *event)
{
	struct below_row *row = &group->rows[event->row];

	set_times(below, group, row, event);
	if (event->kind == TRACE_SLICE && event->row != TRACE_RUN) {
		take_records(below, group, event);
		return;
	}
	if (event->kind == TRACE_END || event->kind == TRACE_BEGIN)
		end_row(below, group, event->row, event->at);
	if (event->kind == TRACE_END || !trace_file_takes(below->file))
		return;
	if (event->kind == TRACE_SLICE)
		row->end = event->at + event->length;
	row->open = row->open || event->kind == TRACE_BEGIN;
	put(below, group, event->row, *event);
}

void
below_take(
    struct below *below, const struct account *account, const char *line, size_t len)
{
	unsigned worker = account->worker->number;
	struct below_group *group;
	struct below_row *row;
	struct trace_parts parts;
	struct trace_event event;

	if (!below->file->on || !trace_line_read(line, len, &event, &parts))
		return;
	group = find(below, worker, event.group);
	if (group == NULL && (event.group == 0 || find(below, worker, 0) != NULL))
		group = add(below, worker, event.group);
	if (group == NULL)
		return;
	row = row_of(group, event.row);
	if (event.kind == TRACE_NAMED && event.row == TRACE_RUN)
		begin(below, group, account, &event);
	else if (!group->known)
		return;
	else if (event.kind != TRACE_NAMED && (row->named || event.row == TRACE_RUN))
		take_event(below, group, &event);
	else if (event.kind == TRACE_NAMED && !row->named) {
		row->named = true;
		event.at = clock_ns();
		put(below, group, event.row, event);
	}
}

void
below_close(struct below *below)
{
	for (size_t i = 0; i < below->count; i++)
		free(below->groups[i].rows);
	free(below->groups);
	below->groups = NULL;
	below->count = below->room = 0;
}
