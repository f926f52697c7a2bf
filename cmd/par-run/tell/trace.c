/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "grow.h"
#include "load.h"
#include "need.h"
#include "trace.h"
#include "usage.h"

enum {
	COUNT_EVERY = 100 * 1000 * 1000, /* ns */
	MEASURE_EVERY = 1000 * 1000 * 1000, /* ns */
	MEASURE_PART = 100, /* at most this part of the time is spent on measuring */
	NAME = 64 + HOST_NAME_MOST
};

static const char *const waits[] = {
	[TRACE_READER] = "waits for its reader", [TRACE_INPUT] = "waits for input"
};

/* Say how the run is called; the parent is to hear first what we are. */
static void
name_run(struct trace *trace)
{
	char name[NAME];

	snprintf(name, sizeof(name), "par-run %s", trace->command);
	trace_file_name(&trace->file, TRACE_RUN, name);
	trace->named = true;
}

void
trace_open(struct trace *trace, const struct run_options *options)
{
	snprintf(trace->command, sizeof(trace->command), "%s",
	    options->command == NULL ? "" : options->command[0]);
	trace_file_open(&trace->file, options->trace, options->trace_size, trace->parent);
	trace->below.file = &trace->file;
	if (!trace->file.on)
		return;
	if (trace->file.up == NULL)
		name_run(trace);
	trace->counted_at = trace->measured_at = clock_ns();
}

/* Have room for what is told of one more row in the end. */
static void
have_room(struct trace *trace)
{
	struct supervisor *up = trace->file.up;

	if (up != NULL && supervisor_full(up) && supervisor_room(up) < 0)
		need_failed(up->used);
}

/* Rows for accounts that came since. */
static void
add_rows(struct trace *trace)
{
	const struct account *account = trace->accounts->first;

	if (trace->count == trace->accounts->count)
		return;
	trace->rows = grow(trace->rows, &trace->room, trace->accounts->count,
	    sizeof(*trace->rows), SIZE_MAX);
	if (trace->rows == NULL)
		need_failed(trace->accounts->count * sizeof(*trace->rows));
	if (trace->count > 0)
		account = trace->rows[trace->count - 1].account->next;
	for (; account != NULL && trace_file_takes(&trace->file);
	     account = account->next) {
		char name[NAME];

		have_room(trace);
		trace->rows[trace->count++] = (struct trace_row){ .account = account };
		snprintf(name, sizeof(name), "%s%s%u",
		    account->host == NULL ? "" : account->host,
		    account->host == NULL ? "worker " : ", link ",
		    account->worker->number);
		trace_file_name(&trace->file, account->worker->number, name);
	}
}

/* The number, from 0, of the record that a worker has worked on longest. */
static uint64_t
oldest(const struct account *account)
{
	const struct flight *head = account->worker->window.head;

	return head == NULL || head->prefix >= head->batch->count
	    ? account->last
	    : batch_number(head->batch, head->prefix);
}

/* What one slice is of, in words. */
static void
slice_name(char name[static NAME], uint64_t first, uint64_t records)
{
	if (records == 1)
		snprintf(name, NAME, "record %llu", (unsigned long long)first + 1);
	else
		snprintf(name, NAME, "%llu records", (unsigned long long)records);
}

/* Tell what a row has done until end, when its account was now. */
static void
tell(struct trace *trace, struct trace_row *row, const struct account *now, uint64_t end)
{
	const struct account *then = &row->told;
	uint64_t busy = account_busy(now), failed = now->failed - then->failed,
		 records = now->done - then->done + failed;
	const struct trace_arg args[] = { { .name = "records", .number = records },
		{ .name = "first", .number = row->first + 1 },
		{ .name = "failed", .number = failed },
		{ .name = "again", .number = now->retries - then->retries },
		{ .name = "bytes", .number = now->bytes_out - then->bytes_out },
		{ .name = "busy_us", .number = (busy - then->busy) / 1000 }, { 0 } };
	char name[NAME];

	slice_name(name, row->first, records);
	trace_file_slice(&trace->file, now->worker->number, row->begun, end, name, args);
	row->told = *now;
	row->told.busy = busy;
	row->begun = now->busy_since == 0 ? 0 : end;
	row->idle_at = 0;
	row->end = end;
	row->first = oldest(now);
}

/* Has it finished anything that was not told of? */
static bool
has_news(const struct trace_row *row)
{
	return row->account->done != row->told.done ||
	    row->account->failed != row->told.failed ||
	    row->account->retries != row->told.retries;
}

/* It works on something: since when? */
static void
begin_slice(struct trace_row *row, uint64_t now)
{
	uint64_t busy = account_busy(row->account) - row->told.busy;

	if (row->begun != 0 || busy == 0)
		return;
	row->begun = busy < now - row->end ? now - busy : row->end;
	row->first = has_news(row) ? row->account->last : oldest(row->account);
}

/* Its process is there, and was not yet told of. */
static void
begin_process(struct trace *trace, struct trace_row *row, uint64_t now)
{
	const struct account *account = row->account;
	const struct trace_arg args[] = { { .name = "process",
					      .number = (uint64_t)account->worker->pid },
		{ .name = "start", .number = account->starts }, { 0 } };

	trace_file_begin(
	    &trace->file, account->worker->number, now, trace->command, args);
	row->open = true;
	row->told.starts = account->starts;
}

/* Its process has ended, and what it did was told. */
static void
end_process(struct trace *trace, struct trace_row *row, uint64_t now)
{
	unsigned number = row->account->worker->number;

	if (row->open)
		trace_file_end(&trace->file, number, now);
	row->open = false;
	if (row->account->ended[0] != '\0')
		trace_file_instant(&trace->file, number, now, row->account->ended);
	row->told.ends = row->account->ends;
}

/* It may have worked: does that make a slice already?  over: its process ended ill. */
static void
look_at_work(struct trace *trace, struct trace_row *row, uint64_t now, bool over)
{
	const struct account *account = row->account;

	if (row->idle_at != 0 && now - row->idle_at >= trace->file.span)
		tell(trace, row, &row->idle, row->idle_at);
	begin_slice(row, now);
	if (row->begun == 0)
		return;
	if (has_news(row) && (over || now - row->begun >= trace->file.span)) {
		tell(trace, row, account, now);
	} else if (account->busy_since != 0) {
		row->idle_at = 0;
	} else if (!has_news(row)) { /* it came to nothing */
		row->begun = 0;
		row->told.busy = account->busy;
	} else if (row->idle_at == 0) {
		row->idle_at = now;
		row->idle = *account;
	}
}

/* See to one row.  A process for each block is told by the slice of that alone. */
static void
look_at(struct trace *trace, struct trace_row *row, uint64_t now)
{
	const struct account *account = row->account;
	bool lasting = trace->nature->kind != WORKER_BLOCK;
	bool over =
	    account->ends != row->told.ends && (lasting || account->ended[0] != '\0');

	look_at_work(trace, row, now, over);
	if (over)
		end_process(trace, row, now);
	if (over && lasting)
		below_ended(&trace->below, account->worker->number, now);
	if (lasting && !row->open && account->worker->pid != 0 &&
	    account->starts != row->told.starts)
		begin_process(trace, row, now);
}

/* What the run waited for has come. */
static void
end_wait(struct trace *trace, uint64_t now)
{
	if (trace->wait != TRACE_NO_WAIT && now - trace->wait_since >= trace->file.span)
		trace_file_slice(&trace->file, TRACE_RUN, trace->wait_since, now,
		    waits[trace->wait], NULL);
	trace->wait = TRACE_NO_WAIT;
}

/* What does the run wait for, if for anything? */
static void
look_at_waits(struct trace *trace, uint64_t now)
{
	enum trace_wait wait = TRACE_NO_WAIT;
	bool busy = false;
	uint64_t given = 0;

	for (size_t i = 0; i < trace->count; i++) {
		busy = busy || trace->rows[i].account->busy_since != 0;
		given += trace->rows[i].account->given;
	}
	if (trace->output->stuck || trace->log->stuck)
		wait = TRACE_READER;
	else if (!busy && !intake_over(trace->intake))
		wait = TRACE_INPUT;
	if (wait == trace->wait && given == trace->given)
		return;
	end_wait(trace, now);
	trace->given = given;
	trace->wait = wait;
	trace->wait_since = now;
}

/* The numbers that our own books have. */
static void
count(struct trace *trace, uint64_t now)
{
	struct trace_arg flying[] = { { .name = "records" }, { 0 } };
	struct trace_arg living[] = { { .name = "workers" }, { 0 } };

	if (now - trace->counted_at < COUNT_EVERY ||
	    now - trace->counted_at < trace->file.span)
		return;
	trace->counted_at = now;
	for (size_t i = 0; i < trace->count; i++) {
		const struct worker *worker = trace->rows[i].account->worker;

		flying[0].number += worker->window.records;
		living[0].number += worker->pid != 0;
	}
	trace_file_counter(&trace->file, now, "in flight", flying);
	trace_file_counter(&trace->file, now, "running", living);
	trace_file_counter(&trace->file, now, "read",
	    (struct trace_arg[]){
		{ .name = "bytes", .number = trace->intake->offset }, { 0 } });
	trace_file_counter(&trace->file, now, "finished",
	    (struct trace_arg[]){
		{ .name = "records", .number = trace->tally->finished }, { 0 } });
}

/* The memory of all workers, bytes.  0, or -1: it is not known. */
static int
memory(const struct trace *trace, uint64_t *sum)
{
	pid_t *leaders = calloc(trace->count + 1, sizeof(*leaders));
	uint64_t *bytes = calloc(trace->count + 1, sizeof(*bytes));
	int got = -1;

	for (size_t i = 0; leaders != NULL && i < trace->count; i++)
		leaders[i] = trace->rows[i].account->worker->pid;
	if (leaders != NULL && bytes != NULL)
		got = usage_memory(leaders, bytes, trace->count);
	*sum = 0;
	for (size_t i = 0; got == 0 && i < trace->count; i++)
		*sum += bytes[i];
	free(leaders);
	free(bytes);
	return got;
}

/* The numbers that the system has, for which all its processes are looked at. */
static void
measure(struct trace *trace, uint64_t now)
{
	uint64_t bytes, took;
	double load;

	if (now < trace->measured_at || now - trace->measured_at < MEASURE_EVERY ||
	    now - trace->measured_at < trace->file.span)
		return;
	if (load_now(&load) == 0)
		trace_file_counter(&trace->file, now, "load",
		    (struct trace_arg[]){
			{ .name = "processes", .number = (uint64_t)(load + 0.5) },
			{ 0 } });
	if (memory(trace, &bytes) == 0)
		trace_file_counter(&trace->file, now, "memory",
		    (struct trace_arg[]){ { .name = "bytes", .number = bytes }, { 0 } });
	took = clock_ns() - now;
	trace->measured_at = now + took * MEASURE_PART;
}

uint64_t
trace_share(const struct trace *trace)
{
	return trace_file_share(&trace->file);
}

/* Is there somebody who hears it now? */
static bool
is_heard(struct trace *trace)
{
	if (!trace->file.on)
		return false;
	if (trace->file.up == NULL || trace->named)
		return true;
	if (trace->nature->kind == WORKER_UNKNOWN || trace->parent->fd < 0 ||
	    supervisor_full(trace->parent))
		return false;
	name_run(trace);
	return true;
}

void
trace_take(
    struct trace *trace, const struct account *account, const char *line, size_t len)
{
	if (is_heard(trace)) /* what we are is to be heard before that */
		below_take(&trace->below, account, line, len);
}

void
trace_turn(struct trace *trace)
{
	uint64_t now;

	if (!is_heard(trace))
		return;
	now = clock_ns();
	if (trace_file_takes(&trace->file)) {
		add_rows(trace);
		for (size_t i = 0; i < trace->count && trace_file_takes(&trace->file);
		     i++)
			look_at(trace, &trace->rows[i], now);
		look_at_waits(trace, now);
		count(trace, now);
		measure(trace, now);
	}
	if (trace->output->begun)
		trace_file_flush(&trace->file);
}

void
trace_end(struct trace *trace)
{
	uint64_t now = clock_ns();

	if (!is_heard(trace))
		return;
	trace_file_last(&trace->file);
	have_room(trace);
	add_rows(trace);
	end_wait(trace, now);
	for (size_t i = 0; i < trace->count; i++) {
		struct trace_row *row = &trace->rows[i];

		have_room(trace);
		look_at_work(trace, row, now, true);
		if (row->idle_at != 0)
			tell(trace, row, &row->idle, row->idle_at);
		if (row->open)
			end_process(trace, row, now);
	}
	have_room(trace);
	below_end(&trace->below, now);
	trace_file_finish(&trace->file);
}

void
trace_end_up(struct trace *trace)
{
	if (trace->file.up != NULL)
		trace_end(trace);
}

void
trace_close(struct trace *trace)
{
	trace_file_close(&trace->file);
	below_close(&trace->below);
	free(trace->rows);
	trace->rows = NULL;
}
