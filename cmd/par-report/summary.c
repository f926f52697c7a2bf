/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "grow.h"
#include "hash.h"
#include "need.h"
#include "spool.h"
#include "summary.h"

enum { JOBLOG_SLACK = 1000 }; /* microseconds: start and duration are rounded each */

void
summary_open(struct summary *summary, const struct report_plan *plan)
{
	*summary = (struct summary){ .plan = plan, .begun = UINT64_MAX };
	if (quantiles_open(&summary->times, QUANTILES_FINE) < 0 ||
	    table_open(&summary->names, sizeof(size_t), (size_t)64 << 20,
		hash_random_seed()) < 0)
		need_failed(sizeof(*summary));
	failures_open(&summary->failures, plan->failures);
	summary->slowest.most = plan->slowest;
}

/* What a worker is called on the page. */
static char *
name_of(const struct field *name)
{
	struct bytes text = { 0 };
	bool digits = name->len > 0;

	for (size_t i = 0; i < name->len; i++)
		digits = digits && name->data[i] >= '0' && name->data[i] <= '9';
	if (digits)
		need_put(&text, "worker ", 7);
	if (name->len == 1 && name->data[0] == ':')
		need_put(&text, "here", 4);
	else
		need_put(
		    &text, name->data, name->len < LISTED_TEXT ? name->len : LISTED_TEXT);
	need_put(&text, "", 1);
	return text.data;
}

/* One more worker; name NULL: it stands for all that are too many. */
static size_t
add_worker(struct summary *summary, const struct field *name)
{
	size_t at = summary->workers_count;
	struct of_worker *workers = grow(summary->workers, &summary->workers_room, at + 1,
	    sizeof(*workers), SUMMARY_WORKERS + 1);

	if (workers == NULL)
		need_failed((at + 1) * sizeof(*workers));
	summary->workers = workers;
	workers[at] = (struct of_worker){ .file = summary->file,
		.name = name == NULL ? NULL : name_of(name),
		.begun = UINT64_MAX };
	if (quantiles_open(&workers[at].times, QUANTILES_COARSE) < 0)
		need_failed(sizeof(struct quantiles));
	summary->workers_count++;
	return at;
}

/* Which worker of the log at work that is. */
static size_t
find_worker(struct summary *summary, const struct field *name)
{
	struct table *names = &summary->names;
	uint64_t hash = hash_bytes(name->data, name->len, names->seed + summary->file);
	char room[1024];
	struct field key = *name;
	uint32_t at;
	bool fresh = false;

	/* The same name in another log is another worker. */
	if (summary->file > 0 && name->len < sizeof(room) - 24) {
		key.data = room;
		key.len = (size_t)snprintf(room, sizeof(room), "%zu:", summary->file);
		memcpy(room + key.len, name->data, name->len);
		key.len += name->len;
	}
	at = names->count < SUMMARY_WORKERS
	    ? table_add(names, key.data, key.len, hash, &fresh)
	    : table_find(names, key.data, key.len, hash);
	if (at == TABLE_FULL) {
		if (summary->workers_count < SUMMARY_WORKERS)
			need_failed(key.len);
		if (summary->workers_count == SUMMARY_WORKERS)
			add_worker(summary, NULL);
		return SUMMARY_WORKERS;
	}
	if (fresh)
		*(size_t *)table_state(names, at) = add_worker(summary, name);
	return *(size_t *)table_state(names, at);
}

/* The stretch at work is whole. */
static void
end_stretch(struct summary *summary, uint64_t slack)
{
	const struct stretch_of *is = &summary->now.is;
	struct of_worker *worker;

	if (!summary->now.open)
		return;
	worker = &summary->workers[summary->now.worker];
	summary->now.open = false;
	summary->stretches++;
	if (is->count > 1)
		summary->together += is->count;
	worker->work += is->end - is->start;
	if (is->start < worker->begun)
		worker->begun = is->start;
	if (is->end > worker->ended)
		worker->ended = is->end;
	timeline_work(&summary->timeline, is->start, is->end);
	if (gantt_add(&summary->gantt, &worker->rows, summary->now.worker, is, slack) < 0)
		need_failed(sizeof(struct gantt_row));
	if (whatif_add(&summary->whatif, is->start, is->end - is->start) < 0)
		die(STATUS_BROKEN, errno, "%s", spool_what());
}

void
summary_file(struct summary *summary)
{
	end_stretch(summary, 0);
	if (summary->files > 0)
		summary->file++;
	summary->files++;
}

/* A line is of the stretch at work, or begins another one. */
static void
stretch(struct summary *summary, const struct log_line *line, size_t worker, bool joblog)
{
	struct stretch_of *is = &summary->now.is;

	if (joblog || !summary->now.open || summary->now.worker != worker ||
	    is->start != line->start || is->end != line->start + line->took) {
		end_stretch(summary, joblog ? JOBLOG_SLACK : 0);
		summary->now.open = true;
		summary->now.worker = worker;
		*is = (struct stretch_of){ .start = line->start,
			.end = line->start + line->took,
			.first = line->record,
			.last = line->record };
	}
	is->count++;
	is->failed += line->failed;
	if (line->record < is->first)
		is->first = line->record;
	if (line->record > is->last)
		is->last = line->record;
}

/* What a line adds to its worker; which one that is. */
static size_t
count_worker(struct summary *summary, const struct log_line *line)
{
	size_t at = find_worker(summary, &line->worker);
	struct of_worker *worker = &summary->workers[at];

	worker->records++;
	worker->failed += line->failed;
	worker->in += line->in;
	worker->out += line->out;
	if (!line->unmeasured)
		quantiles_add(&worker->times, line->took);
	return at;
}

/* Why a process failed, as far as a joblog tells. */
static struct field
why_of(const struct log_line *line, char *room, size_t size)
{
	int len;

	if (line->why.data != NULL || !line->failed)
		return line->why;
	if (line->status == -1)
		len = snprintf(room, size, "took too long");
	else if (line->signal != 0)
		len = snprintf(room, size, "killed by signal %d", line->signal);
	else
		len = snprintf(room, size, "exited with status %d", line->status);
	return (struct field){ room, (size_t)len };
}

/* It may be one of those that are shown. */
static void
list(struct summary *summary, const struct log_line *line, long worker)
{
	char room[64];
	struct listing_of record = { .record = line->record,
		.took = line->took,
		.tries = line->tries,
		.worker = worker,
		.name = line->command };

	if (line->failed)
		record.why = why_of(line, room, sizeof(room));
	if (!line->unmeasured)
		slowest_add(&summary->slowest, &record);
	if (line->failed)
		failures_add(&summary->failures, &record);
}

/* When it was, of which nothing is known of some lines. */
static void
time_line(struct summary *summary, const struct log_line *line, uint64_t count)
{
	uint64_t end = line->start + line->took;

	summary->timed += count;
	if (line->start < summary->begun)
		summary->begun = line->start;
	if (end > summary->ended)
		summary->ended = end;
	timeline_end(&summary->timeline, end, !line->failed, line->failed);
}

/* One record, as its line says. */
static void
add_record(struct summary *summary, const struct log_line *line, bool joblog)
{
	long worker = LISTED_NOBODY;

	summary->records++;
	summary->failed += line->failed;
	summary->in += line->in;
	summary->out += line->out;
	summary->tries[line->tries < SUMMARY_TRIES ? line->tries : SUMMARY_TRIES]++;
	summary->pages += line->page;
	summary->statuses[line->http] += line->page;
	if (!line->unmeasured)
		quantiles_add(&summary->times, line->took);
	if (!line->untimed)
		time_line(summary, line, 1);
	if (line->nobody) {
		summary->nobody++;
	} else if (line->worker.data != NULL) {
		size_t at = count_worker(summary, line);

		if (!line->untimed)
			stretch(summary, line, at, joblog);
		worker = (long)at;
	}
	list(summary, line, worker);
}

void
summary_line(struct summary *summary, const struct log_line *line, bool joblog)
{
	struct log_line each = *line;

	if (line->count == 0)
		add_record(summary, line, joblog);
	/* Of several, the first ones are taken to have failed: which did is not told. */
	for (uint64_t i = 0; i < line->count; i++) {
		each.failed = i < line->count_failed;
		add_record(summary, &each, joblog);
		each.record++;
		each.in = each.out = 0;
	}
}

size_t
summary_places(const struct summary *summary)
{
	return summary->gantt.count;
}

void
summary_end(struct summary *summary)
{
	end_stretch(summary, 0);
	slowest_sort(&summary->slowest);
	if (whatif_answer(&summary->whatif, summary_places(summary)) < 0)
		die(STATUS_BROKEN, errno, "%s", spool_what());
}

void
summary_close(struct summary *summary)
{
	for (size_t i = 0; i < summary->workers_count; i++) {
		free(summary->workers[i].name);
		free(summary->workers[i].rows.free);
		quantiles_close(&summary->workers[i].times);
	}
	free(summary->workers);
	table_close(&summary->names);
	quantiles_close(&summary->times);
	gantt_free(&summary->gantt);
	whatif_free(&summary->whatif);
	slowest_free(&summary->slowest);
	failures_free(&summary->failures);
}
