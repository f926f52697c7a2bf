/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "columns.h"
#include "list_page.h"

static void
pid(const void *row, char text[static FIGURE])
{
	const struct watched *run = row;

	snprintf(text, FIGURE, "%ld", (long)run->pid);
}

static void
state(const void *row, char text[static FIGURE])
{
	const struct watched *run = row;
	struct field said = run->sight.state;

	if (run->state == WATCHED_SEEN)
		snprintf(text, FIGURE, "%.*s", (int)(said.len < 9 ? said.len : 9),
		    said.data == NULL ? "" : said.data);
	else
		snprintf(text, FIGURE, "silent");
}

static void
took(const void *row, char text[static FIGURE])
{
	figures_time(text, ((const struct watched *)row)->sight.seconds);
}

static void
workers(const void *row, char text[static FIGURE])
{
	figures_count(text, ((const struct watched *)row)->sight.workers);
}

static void
done(const void *row, char text[static FIGURE])
{
	figures_count(text, ((const struct watched *)row)->sight.done);
}

static void
failed(const void *row, char text[static FIGURE])
{
	figures_count(text, ((const struct watched *)row)->sight.failed);
}

static void
rate(const void *row, char text[static FIGURE])
{
	figures_rate(text, ((const struct watched *)row)->rate);
}

static const struct table_column columns[] = {
	{ "PID", 7, 0, pid, false },
	{ "TIME", 8, 50, took, false },
	{ "STATE", 9, 60, state, true },
	{ "N", 4, 66, workers, false },
	{ "DONE", 6, 28, done, false },
	{ "FAILED", 6, 36, failed, false },
	{ "RATE/S", 6, 43, rate, false },
	{ "COMMAND", 0, 0, NULL, true },
	{ 0 },
};

/* What a run is, if that is known. */
static void
put_command(struct sheet *sheet, const struct watched *run)
{
	const struct sight *sight = &run->sight;

	if (run->state == WATCHED_ODD || (sight->pid == 0 && roster_why(run) != NULL))
		sheet_put(sheet, "(%s)", roster_why(run));
	else if (sight->pid == 0)
		sheet_put(sheet, "(not asked)");
	else
		sheet_quote(sheet, sight->command.data, sight->command.len);
}

void
list_page(struct sheet *sheet, const struct roster *roster, const struct watched *chosen)
{
	columns_heads(sheet, columns);
	for (size_t i = 0; i < roster->count; i++) {
		const struct watched *run = roster->runs[i];

		if (run->state == WATCHED_GONE)
			continue;
		if (run == chosen)
			sheet_style(sheet, SHEET_CHOSEN);
		else if (run->sight.failed > 0)
			sheet_style(sheet, SHEET_BAD);
		columns_row(sheet, columns, run);
		put_command(sheet, run);
		if (run == chosen)
			sheet_go_to(sheet, sheet->width);
		sheet_end(sheet);
	}
}
