/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "columns.h"
#include "run_page.h"

enum { WHEN = 32 };

/* Where a worker is: its number, or its host. */
static void
who(const void *row, char text[static FIGURE])
{
	const struct sight_worker *worker = row;
	struct field host = worker->host;

	if (host.data == NULL)
		snprintf(text, FIGURE, "%.0f", worker->number);
	else
		snprintf(text, FIGURE, "%.*s", (int)(host.len < 20 ? host.len : 20),
		    host.data);
}

static void
state(const void *row, char text[static FIGURE])
{
	struct field said = ((const struct sight_worker *)row)->state;

	snprintf(text, FIGURE, "%.*s", (int)(said.len < 9 ? said.len : 9),
	    said.data == NULL ? "" : said.data);
}

static void
in_flight(const void *row, char text[static FIGURE])
{
	const struct sight_worker *worker = row;
	char has[FIGURE], may[FIGURE];

	figures_count(has, worker->in_flight);
	figures_count(may, worker->window);
	snprintf(text, FIGURE, "%.9s/%.9s", has, may);
}

static void
done(const void *row, char text[static FIGURE])
{
	figures_count(text, ((const struct sight_worker *)row)->done);
}

static void
failed(const void *row, char text[static FIGURE])
{
	figures_count(text, ((const struct sight_worker *)row)->failed);
}

static void
restarts(const void *row, char text[static FIGURE])
{
	figures_count(text, ((const struct sight_worker *)row)->restarts);
}

static void
record(const void *row, char text[static FIGURE])
{
	const struct sight_worker *worker = row;

	if (worker->record > 0)
		figures_count(text, worker->record);
	else
		snprintf(text, FIGURE, "-");
}

static void
held(const void *row, char text[static FIGURE])
{
	const struct sight_worker *worker = row;

	if (worker->record > 0)
		figures_time(text, worker->seconds);
	else
		snprintf(text, FIGURE, "-");
}

static const struct table_column of_workers[] = {
	{ "WORKER", 6, 0, who, false },
	{ "STATE", 9, 60, state, true },
	{ "HAS/MAY", 11, 72, in_flight, false },
	{ "DONE", 6, 16, done, false },
	{ "FAILED", 6, 36, failed, false },
	{ "DIED", 5, 78, restarts, false },
	{ "RECORD", 6, 30, record, false },
	{ "FOR", 7, 23, held, false },
	{ "IT IS", 0, 40, NULL, true },
	{ 0 },
};

/* When it began, and for how long it has run. */
static void
put_when(struct sheet *sheet, const struct sight *sight)
{
	time_t began = (time_t)(sight->started < 1e11 ? sight->started : 0);
	char when[WHEN] = "", took[FIGURE];
	struct tm tm;

	if (localtime_r(&began, &tm) != NULL)
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
	figures_time(took, sight->seconds);
	sheet_put(sheet, ", for %s, since %s", took, when);
}

static void
put_records(struct sheet *sheet, const struct watched *run)
{
	const struct sight *sight = &run->sight;
	char rate[FIGURE];

	figures_rate(rate, run->rate);
	sheet_put(sheet, "%.0f done", sight->done);
	if (sight->total > 0)
		sheet_put(sheet, " of %.0f", sight->total);
	sheet_put(sheet, ", %s/s", rate);
	if (sight->failed > 0) {
		sheet_put(sheet, ", ");
		sheet_style(sheet, SHEET_BAD);
		sheet_put(sheet, "%.0f failed", sight->failed);
		sheet_style(sheet, SHEET_PLAIN);
	}
	if (sight->retries > 0)
		sheet_put(sheet, ", %.0f tried again", sight->retries);
	sheet_end(sheet);
}

static void
put_workers(struct sheet *sheet, const struct sight *sight)
{
	double flying = 0;

	for (size_t i = 0; i < sight->count; i++)
		flying += sight->places[i].in_flight;
	sheet_put(sheet, "%.0f %s, %.0f in flight", sight->workers,
	    sight->hosts ? "hosts" : "workers", flying);
	if (sight->restarts > 0)
		sheet_put(sheet, ", %.0f started again", sight->restarts);
	if (sight->waits.data != NULL) {
		sheet_put(sheet, ", waits for ");
		sheet_quote(sheet, sight->waits.data, sight->waits.len);
	}
	sheet_end(sheet);
}

void
run_page_head(struct sheet *sheet, const struct watched *run)
{
	const struct sight *sight = &run->sight;
	const char *what = roster_why(run);

	sheet_style(sheet, SHEET_BOLD);
	sheet_put(sheet, "%ld ", (long)run->pid);
	sheet_style(sheet, SHEET_PLAIN);
	sheet_quote(sheet, sight->command.data, sight->command.len);
	sheet_end(sheet);
	if (what != NULL) {
		sheet_style(sheet, SHEET_BAD);
		sheet_put(sheet, "%s", what);
		sheet_style(sheet, SHEET_PLAIN);
	} else if (sight->state.data != NULL)
		sheet_quote(sheet, sight->state.data, sight->state.len);
	put_when(sheet, sight);
	sheet_end(sheet);
	put_records(sheet, run);
	put_workers(sheet, sight);
	columns_heads(sheet, of_workers);
}

/* A line below a worker. */
static void
put_below(struct sheet *sheet, enum sheet_style style, struct field text)
{
	if (text.len == 0)
		return;
	sheet_style(sheet, style);
	sheet_put(sheet, "       ");
	sheet_quote(sheet, text.data, text.len);
	sheet_end(sheet);
}

void
run_page_workers(struct sheet *sheet, const struct watched *run)
{
	for (size_t i = 0; i < run->sight.count; i++) {
		const struct sight_worker *worker = &run->sight.places[i];

		if (worker->failed > 0)
			sheet_style(sheet, SHEET_BAD);
		columns_row(sheet, of_workers, worker);
		if (sheet->width == 0 || sheet->width >= 40)
			sheet_quote(sheet, worker->text.data, worker->text.len);
		sheet_end(sheet);
		put_below(sheet, SHEET_BAD, worker->ended);
		put_below(sheet, SHEET_DIM, worker->says);
	}
}
