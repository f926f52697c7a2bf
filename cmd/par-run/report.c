/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "report.h"
#include "run.h"

enum { LINE = 256 };

void
report_open(struct run *run)
{
	struct report *report = &run->report;
	struct stat st;
	off_t at = lseek(run->intake.fd, 0, SEEK_CUR);

	ticker_open(&report->ticker, run->options->progress);
	if (at >= 0 && fstat(run->intake.fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (uint64_t)at >= run->intake.offset) {
		report->size = (uint64_t)st.st_size;
		report->base = (uint64_t)at - run->intake.offset;
	}
	log_open(run);
	metrics_open(run);
}

/* How much of the input is finished, bytes. */
static uint64_t
finished_bytes(const struct run *run)
{
	uint64_t open = run->keys.bytes, taken = run->intake.offset;

	for (size_t i = 0; i < run->slot_count; i++)
		open += run->slots[i]->worker.window.bytes;
	return run->report.base + (taken > open ? taken - open : 0);
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

/* How much of the input is finished, and how long the rest will take. */
static void
put_share(const struct run *run, char line[static LINE], double seconds)
{
	uint64_t whole = run->report.size, done = finished_bytes(run);
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
make_line(const struct run *run, char line[static LINE])
{
	double seconds = (double)(clock_ms() - run->report.ticker.started) / 1000;
	uint64_t records = run->refused, retries = 0;
	size_t workers = 0;

	for (size_t i = 0; i < run->slot_count; i++) {
		const struct account *account = &run->slots[i]->account;

		records += account->done + account->failed;
		retries += account->retries;
		workers += run->slots[i]->worker.pid != 0;
	}
	line[0] = '\0';
	put(line, "%llu records, %.0f a second", (unsigned long long)records,
	    seconds > 0 ? (double)records / seconds : 0);
	put_share(run, line, seconds);
	if (run->failed > 0)
		put(line, ", %llu failed", (unsigned long long)run->failed);
	if (retries > 0)
		put(line, ", %llu retries", (unsigned long long)retries);
	if (workers > 0)
		put(line, ", %zu workers", workers);
}

void
report_turn(struct run *run)
{
	char line[LINE];

	if (run->output.begun)
		log_begin(run);
	log_flush(run);
	metrics_turn(run);
	if (!ticker_is_due(&run->report.ticker))
		return;
	make_line(run, line);
	ticker_show(&run->report.ticker, line);
}

uint64_t
report_due(const struct run *run)
{
	uint64_t next = run->report.ticker.next;

	return next < run->metrics.next ? next : run->metrics.next;
}

void
report_end(struct run *run)
{
	char line[LINE];

	if (run->output.begun)
		log_begin(run);
	log_end(run);
	metrics_end(run);
	make_line(run, line);
	ticker_close(&run->report.ticker, line);
}

void
report_close(struct run *run)
{
	log_close(&run->log);
	metrics_close(&run->metrics);
}
