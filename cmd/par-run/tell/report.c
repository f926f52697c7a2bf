/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "plural.h"
#include "report.h"

void
report_open(struct report *report, const struct run_options *options)
{
	struct stat st;
	off_t at = lseek(report->intake->fd, 0, SEEK_CUR);

	headway_open(&report->headway, options->progress);
	if (report->intake->spooled == NULL && at >= 0 &&
	    fstat(report->intake->fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (uint64_t)at >= report->intake->offset) {
		report->size = (uint64_t)st.st_size;
		report->base = (uint64_t)at - report->intake->offset;
	}
	log_open(report->log, options->log);
	report->metrics->size = report->size;
	metrics_open(report->metrics, options->metrics);
	trace_open(report->trace, options);
}

/* How much of the input is finished, bytes. */
static uint64_t
finished_bytes(const struct report *report)
{
	uint64_t open = *report->waiting, taken = report->intake->offset;

	for (const struct account *a = report->accounts->first; a != NULL; a = a->next)
		open += a->worker->window.bytes;
	return report->base + (taken > open ? taken - open : 0);
}

/* What else there is to say, besides how far it is. */
static void
look_further(const struct report *report, struct headway_facts *facts)
{
	unsigned long long retries = 0, workers = 0, bytes = report->files->bytes;
	size_t used = 0, size = sizeof(facts->more);

	for (const struct account *a = report->accounts->first; a != NULL; a = a->next) {
		retries += a->retries;
		workers += a->worker->pid != 0;
	}
	if (retries > 0)
		used += (size_t)snprintf(facts->more, size, ", %llu %s", retries,
		    plural(retries, "retry", "retries"));
	if (workers > 0)
		used += (size_t)snprintf(facts->more + used, size - used,
		    ", %llu worker%s", workers, plural(workers, "", "s"));
	if (report->files->count > 0)
		snprintf(facts->more + used, size - used, ", %llu byte%s in files", bytes,
		    plural(bytes, "", "s"));
}

/* How far it is. */
static void
look(const struct report *report, struct headway_facts *facts)
{
	const struct lists *lists = report->intake->lists;

	*facts = (struct headway_facts){ .what = "record",
		.done = report->tally->refused,
		.total = lists == NULL ? 0 : lists_total(lists),
		.bytes = finished_bytes(report),
		.size = report->size,
		.failed = report->tally->failed };
	for (const struct account *a = report->accounts->first; a != NULL; a = a->next)
		facts->done += a->done + a->failed;
	look_further(report, facts);
}

void
report_turn(struct report *report)
{
	struct headway_facts facts;

	if (report->output->begun)
		log_begin(report->log);
	log_flush(report->log);
	metrics_turn(report->metrics);
	trace_turn(report->trace);
	if (!headway_is_due(&report->headway) ||
	    (report->output->before != NULL && output_midway(report->output)))
		return;
	look(report, &facts);
	headway_tell(&report->headway, &facts);
}

uint64_t
report_due(const struct report *report)
{
	uint64_t next = headway_due(&report->headway);

	return next < report->metrics->next ? next : report->metrics->next;
}

void
report_now(const struct report *report)
{
	char line[HEADWAY_LINE + 1];
	struct headway_facts facts;

	account_show(report->accounts);
	look(report, &facts);
	headway_text(&report->headway, &facts, true, line);
	stpcpy(line + strlen(line), "\n");
	diag_text(line, strlen(line));
}

void
report_end_up(struct report *report)
{
	trace_end_up(report->trace);
}

void
report_end(struct report *report)
{
	struct headway_facts facts;

	if (report->output->begun)
		log_begin(report->log);
	log_end(report->log);
	metrics_end(report->metrics);
	trace_end(report->trace);
	look(report, &facts);
	headway_end(&report->headway, &facts);
}

void
report_close(struct report *report)
{
	log_close(report->log);
	metrics_close(report->metrics);
	trace_close(report->trace);
}
