/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "diag.h"
#include "report.h"

enum { LINE = 256 };

void
report_open(struct report *report, const struct run_options *options)
{
	struct stat st;
	off_t at = lseek(report->intake->fd, 0, SEEK_CUR);

	ticker_open(&report->ticker, options->progress);
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

/* Add what format says to the line, as far as there is room. */
static void put(char line[static LINE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
put(char line[static LINE], const char *format, ...)
{
	size_t used = strlen(line);
	va_list args;

	va_start(args, format);
	vsnprintf(line + used, LINE - used, format, args);
	va_end(args);
}

/* How much of the input is finished, and how long the rest will take, if that is known.
 */
static void
put_share(char line[static LINE], uint64_t done, uint64_t whole, double seconds)
{
	double share = whole == 0 ? 0 : (double)done / (double)whole;
	unsigned long long left;

	if (whole == 0 || done > whole) /* no file, or one that grows */
		return;
	put(line, ", %.0f %%", 100 * share);
	if (share == 0 || done == whole)
		return;
	left = (unsigned long long)(seconds * (1 - share) / share + 0.5);
	put(line, ", %llu:%02llu:%02llu left", left / 3600, left / 60 % 60, left % 60);
}

static void
make_line(const struct report *report, char line[static LINE])
{
	double seconds = (double)(clock_ms() - report->ticker.started) / 1000;
	uint64_t records = report->tally->refused, retries = 0;
	const struct lists *lists = report->intake->lists;
	uint64_t total = lists == NULL ? 0 : lists_total(lists);
	size_t workers = 0;

	for (const struct account *a = report->accounts->first; a != NULL; a = a->next) {
		records += a->done + a->failed;
		retries += a->retries;
		workers += a->worker->pid != 0;
	}
	line[0] = '\0';
	put(line, "%llu", (unsigned long long)records);
	if (total > 0)
		put(line, " of %llu", (unsigned long long)total);
	put(line, " records, %.0f a second", seconds > 0 ? (double)records / seconds : 0);
	put_share(line, total > 0 ? records : finished_bytes(report),
	    total > 0 ? total : report->size, seconds);
	if (report->tally->failed > 0)
		put(line, ", %llu failed", (unsigned long long)report->tally->failed);
	if (retries > 0)
		put(line, ", %llu retries", (unsigned long long)retries);
	if (workers > 0)
		put(line, ", %zu workers", workers);
	if (report->files->count > 0)
		put(line, ", %llu bytes in files",
		    (unsigned long long)report->files->bytes);
}

void
report_turn(struct report *report)
{
	char line[LINE];

	if (report->output->begun)
		log_begin(report->log);
	log_flush(report->log);
	metrics_turn(report->metrics);
	trace_turn(report->trace);
	if (!ticker_is_due(&report->ticker) ||
	    (report->output->before != NULL && output_midway(report->output)))
		return;
	make_line(report, line);
	ticker_show(&report->ticker, line);
}

uint64_t
report_due(const struct report *report)
{
	uint64_t next = report->ticker.next;

	return next < report->metrics->next ? next : report->metrics->next;
}

void
report_now(const struct report *report)
{
	char line[LINE];

	account_show(report->accounts);
	make_line(report, line);
	put(line, "\n");
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
	char line[LINE];

	if (report->output->begun)
		log_begin(report->log);
	log_end(report->log);
	metrics_end(report->metrics);
	trace_end(report->trace);
	if (!report->ticker.on)
		return;
	make_line(report, line);
	ticker_close(&report->ticker, line);
}

void
report_close(struct report *report)
{
	log_close(report->log);
	metrics_close(report->metrics);
	trace_close(report->trace);
}
