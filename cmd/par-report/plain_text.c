/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "amount.h"
#include "axis.h"
#include "field.h"
#include "micro.h"
#include "need.h"
#include "plain_text.h"
#include "printable.h"
#include "series_page.h"
#include "untimed.h"

enum {
	NAME = 14, /* columns of a worker's name */
	LANES = 60, /* workers that have a line */
	REASONS = 10,
	LEVELS = 5,
	BARS = 9
};

/* What is being written, and where. */
struct text_sheet {
	struct bytes *to;
	const struct layout *layout;
	const struct summary *summary;
	size_t columns, wide; /* all, and those beside names */
	bool utf8;
	struct bytes cell; /* scratch */
};

static const char *const levels_utf8[LEVELS] = { " ", "\u2591", "\u2592", "\u2593",
	"\u2588" };
static const char *const levels_ascii[LEVELS] = { " ", ".", ":", "+", "#" };
static const char *const bars_utf8[BARS] = { " ", "\u2581", "\u2582", "\u2583", "\u2584",
	"\u2585", "\u2586", "\u2587", "\u2588" };
static const char *const bars_ascii[BARS] = { " ", "_", "_", ".", ".", "-", "-", "=",
	"#" };

/* Columns that a text of UTF-8 takes, a character each. */
static size_t
columns_of(const char *text, size_t len)
{
	size_t columns = 0;

	for (size_t i = 0; i < len; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

/* What is in the cell, in so many columns, to the right or to the left; it is empty then.
 */
static void
put_cell(struct text_sheet *sheet, size_t columns, bool right)
{
	struct bytes *cell = &sheet->cell;
	size_t has = columns_of(cell->data, cell->len);

	for (size_t i = has; right && i < columns; i++)
		need_put(sheet->to, " ", 1);
	need_put(sheet->to, cell->data, cell->len);
	for (size_t i = has; !right && i < columns; i++)
		need_put(sheet->to, " ", 1);
	bytes_clear(cell, SIZE_MAX);
}

/* A text of others in at most so many columns. */
static void
set_text(struct text_sheet *sheet, const char *text, size_t columns)
{
	char room[4 * LISTED_TEXT + 8], plain[LISTED_TEXT + 1];
	size_t len = strlen(text), at = 0, used = 0;

	len = field_unescape(plain, text, len < LISTED_TEXT ? len : LISTED_TEXT);
	len = printable(room, sizeof(room), plain, len);
	while (at < len && used < columns) {
		at++;
		while (at < len && ((unsigned char)room[at] & 0xc0) == 0x80)
			at++;
		used++;
	}
	need_put(&sheet->cell, room, at);
}

static const char *
worker_name(const struct text_sheet *sheet, long worker)
{
	const char *name;

	if (worker == LISTED_NOBODY)
		return "nobody";
	name = sheet->summary->workers[worker].name;
	return name == NULL ? "others" : name;
}

static void
heading(struct text_sheet *sheet, const char *text)
{
	need_print(sheet->to, "\n%s\n", text);
}

static void
put_records(struct text_sheet *sheet)
{
	const struct summary *summary = sheet->summary;
	uint64_t took = summary_took(summary);

	need_print(sheet->to, "records   ");
	amount_count(sheet->to, summary->records);
	need_print(sheet->to, ", ");
	amount_count(sheet->to, summary->failed);
	need_print(sheet->to, " failed (");
	amount_share(sheet->to, (double)summary->failed, (double)summary->records);
	need_print(sheet->to, ")");
	if (summary->timed > 0) {
		need_print(sheet->to, "\ntime      ");
		amount_time(sheet->to, took);
	}
	if (took > 0) {
		need_print(sheet->to, ", ");
		amount_short(
		    sheet->to, (double)summary->records / ((double)took / MICRO_SECOND));
		need_print(sheet->to, " records a second");
	}
	need_print(sheet->to, "\nbytes     ");
	amount_bytes(sheet->to, summary->in);
	need_print(sheet->to, " in, ");
	amount_bytes(sheet->to, summary->out);
	need_print(sheet->to, " out\n");
}

static void
put_times(struct text_sheet *sheet)
{
	static const struct {
		const char *name;
		uint64_t millionths;
	} all[] = { { "median", 500000 }, { "90 %", 900000 }, { "99 %", 990000 } };
	const struct quantiles *times = &sheet->summary->times;

	need_print(sheet->to, "a record  least ");
	amount_time(sheet->to, times->least);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		need_print(sheet->to, ", %s ", all[i].name);
		amount_time(sheet->to, quantiles_at(times, all[i].millionths));
	}
	need_print(sheet->to, ", most ");
	amount_time(sheet->to, times->most);
	need_print(sheet->to, "\n");
}

static void
put_work(struct text_sheet *sheet)
{
	const struct summary *summary = sheet->summary;
	size_t places = summary_places(summary);

	need_print(sheet->to, "workers   %zu, %zu at once, at work ",
	    summary->workers_count, places);
	amount_share(sheet->to, (double)summary->whatif.total,
	    (double)summary_took(summary) * (double)places);
	need_print(sheet->to, " of the time\n");
}

/* Add how busy a row was to cells, and where something failed. */
static void
add_row(const struct text_sheet *sheet, const struct gantt_row *row, double *busy,
    bool *failed)
{
	double wide = (double)sheet->wide;
	double scale = wide / (double)(summary_took(sheet->summary) + 1);

	for (size_t i = 0; i < row->count; i++) {
		const struct gantt_bar *bar = &row->bars[i];
		double from = (double)(bar->is.start - sheet->summary->begun) * scale;
		double end = (double)(bar->is.end - sheet->summary->begun) * scale;
		double length = (double)(bar->is.end - bar->is.start);
		double share = length > 0 ? (double)bar->busy / length : 0;

		for (size_t at = (size_t)from; at < sheet->wide && (double)at <= end;
		     at++) {
			double left = from > (double)at ? from : (double)at;
			double right = end < (double)at + 1 ? end : (double)at + 1;

			busy[at] += (right - left) * share;
			failed[at] = failed[at] || bar->is.failed > 0;
		}
	}
}

static void
put_lane(struct text_sheet *sheet, const struct layout_lane *lane)
{
	const struct gantt *gantt = &sheet->summary->gantt;
	const char *const *levels = sheet->utf8 ? levels_utf8 : levels_ascii;
	double *busy = calloc(sheet->wide, sizeof(*busy));
	bool *failed = calloc(sheet->wide, sizeof(*failed));
	double rows = 0;

	if (busy == NULL || failed == NULL)
		need_failed(sheet->wide * sizeof(*busy));
	for (size_t i = 0; i < gantt->count; i++)
		if (gantt->rows[i].worker == lane->worker && gantt->rows[i].drawn) {
			add_row(sheet, &gantt->rows[i], busy, failed);
			rows++;
		}
	set_text(sheet, worker_name(sheet, (long)lane->worker), NAME);
	put_cell(sheet, NAME, false);
	need_print(sheet->to, " ");
	for (size_t i = 0; i < sheet->wide; i++) {
		double level = busy[i] / rows * (LEVELS - 1) + 0.5;

		if (level < 1 && busy[i] > 0)
			level = 1;
		need_print(sheet->to, "%s", failed[i] ? "x" : levels[(int)level]);
	}
	need_print(sheet->to, "\n");
	free(busy);
	free(failed);
}

/* The times below the workers. */
static void
put_axis(struct text_sheet *sheet)
{
	struct axis axis;
	size_t at = 0;

	axis_time(&axis, summary_took(sheet->summary));
	need_print(sheet->to, "%*s ", NAME, "");
	for (size_t i = 0; i < axis.count; i++) {
		size_t from = (size_t)(axis.ticks[i].at * (double)sheet->wide);
		size_t len = strlen(axis.ticks[i].text);

		if (from < at || from + len > sheet->wide)
			continue;
		need_print(sheet->to, "%*s%s", (int)(from - at), "", axis.ticks[i].text);
		at = from + len + 1;
		need_print(sheet->to, " ");
	}
	need_print(sheet->to, "\n%*s time since the start (%s)\n", NAME, "", axis.unit);
}

static void
put_lanes(struct text_sheet *sheet)
{
	const struct layout *layout = sheet->layout;

	if (layout->lanes_count == 0)
		return;
	heading(sheet, "Workers: how busy, x where a record failed");
	for (size_t i = 0; i < layout->lanes_count && i < LANES; i++)
		put_lane(sheet, &layout->lanes[i]);
	if (layout->lanes_count > LANES)
		need_print(sheet->to, "and %zu more\n", layout->workers_count - LANES);
	put_axis(sheet);
}

/* Records that ended, a second, as a line of bars. */
static void
put_throughput(struct text_sheet *sheet)
{
	const struct timeline *timeline = &sheet->summary->timeline;
	const char *const *bars = sheet->utf8 ? bars_utf8 : bars_ascii;
	double *counts = calloc(sheet->wide, sizeof(*counts)), most = 0;
	double seconds = (double)(summary_took(sheet->summary) + 1) / MICRO_SECOND;

	if (counts == NULL)
		need_failed(sheet->wide * sizeof(*counts));
	for (size_t i = 0; i < timeline->count; i++) {
		const struct timeline_step *step = &timeline->steps[i];
		size_t at = i * sheet->wide / timeline->count;

		counts[at] += (double)(step->done + step->failed);
		most = counts[at] > most ? counts[at] : most;
	}
	/* Where there are fewer steps than columns, the workers' bars tell as much. */
	if (timeline->count >= sheet->wide && most > 0) {
		heading(sheet, "Throughput");
		bytes_clear(&sheet->cell, SIZE_MAX);
		need_print(&sheet->cell, "max "); /* with what follows, NAME at most */
		amount_short(&sheet->cell, most / (seconds / (double)sheet->wide));
		need_print(&sheet->cell, "/s");
		put_cell(sheet, NAME, false);
		need_print(sheet->to, " ");
		for (size_t i = 0; i < sheet->wide; i++)
			need_print(sheet->to, "%s",
			    bars[counts[i] > 0 ? 1 + (int)(counts[i] / most * 7.4) : 0]);
		need_print(sheet->to, "\n");
	}
	free(counts);
}

static void
put_whatif(struct text_sheet *sheet)
{
	const struct whatif *whatif = &sheet->summary->whatif;

	if (whatif->total == 0)
		return;
	heading(sheet, "What other numbers of workers would take, for the same work");
	for (size_t i = 0; i < whatif->answers_count; i++) {
		const struct whatif_answer *answer = &whatif->answers[i];

		need_print(sheet->to, "%*" PRIu64 " ", NAME, answer->workers);
		amount_time(&sheet->cell, answer->took);
		put_cell(sheet, 14, true);
		if (answer->workers == summary_places(sheet->summary)) {
			need_print(sheet->to, "  as many as there were; it took ");
			amount_time(sheet->to, summary_took(sheet->summary));
		}
		need_print(sheet->to, "\n");
		if (answer->took <= whatif->longest &&
		    answer->workers >= summary_places(sheet->summary))
			break;
	}
}

static void
put_workers(struct text_sheet *sheet)
{
	const struct summary *summary = sheet->summary;

	if (summary->workers_count == 0)
		return;
	heading(sheet,
	    "By worker        records    failed  at once   at work     median       95 "
	    "%");
	for (size_t i = 0; i < sheet->layout->workers_count && i < LANES; i++) {
		size_t index = sheet->layout->workers[i];
		const struct of_worker *worker = &summary->workers[index];
		double all = (double)summary_took(summary) * (double)worker->rows.count;

		set_text(sheet, worker_name(sheet, (long)index), NAME);
		put_cell(sheet, NAME, false);
		amount_count(&sheet->cell, worker->records);
		put_cell(sheet, 10, true);
		amount_count(&sheet->cell, worker->failed);
		put_cell(sheet, 10, true);
		need_print(&sheet->cell, "%zu", worker->rows.count);
		put_cell(sheet, 9, true);
		amount_share(&sheet->cell, (double)worker->work, all);
		put_cell(sheet, 10, true);
		amount_time(&sheet->cell, quantiles_at(&worker->times, 500000));
		put_cell(sheet, 11, true);
		amount_time(&sheet->cell, quantiles_at(&worker->times, 950000));
		put_cell(sheet, 11, true);
		need_print(sheet->to, "\n");
	}
}

static void
put_statuses(struct text_sheet *sheet)
{
	const struct summary *summary = sheet->summary;

	if (summary->pages > 0)
		heading(sheet, "Statuses");
	for (unsigned i = 0; i < SUMMARY_STATUSES && summary->pages > 0; i++) {
		if (summary->statuses[i] == 0)
			continue;
		amount_count(&sheet->cell, summary->statuses[i]);
		put_cell(sheet, 12, true);
		need_print(sheet->to, "  %03u  %s\n", i, untimed_status_text(i));
	}
}

static void
put_hosts(struct text_sheet *sheet)
{
	const struct summary *summary = sheet->summary;

	if (summary->workers_count == 0)
		return;
	heading(
	    sheet, "By host          records    failed      bytes     median       95 %");
	for (size_t i = 0; i < sheet->layout->workers_count && i < LANES; i++) {
		size_t index = sheet->layout->workers[i];
		const struct of_worker *host = &summary->workers[index];

		set_text(sheet, worker_name(sheet, (long)index), NAME);
		put_cell(sheet, NAME, false);
		amount_count(&sheet->cell, host->records);
		put_cell(sheet, 10, true);
		amount_count(&sheet->cell, host->failed);
		put_cell(sheet, 10, true);
		amount_bytes(&sheet->cell, host->out);
		put_cell(sheet, 11, true);
		if (host->times.count > 0)
			amount_time(&sheet->cell, quantiles_at(&host->times, 500000));
		put_cell(sheet, 11, true);
		if (host->times.count > 0)
			amount_time(&sheet->cell, quantiles_at(&host->times, 950000));
		put_cell(sheet, 11, true);
		need_print(sheet->to, "\n");
	}
}

static void
put_listed(struct text_sheet *sheet, const struct listed *listed)
{
	size_t begun = sheet->to->len, used;

	if (listed->took > 0 || sheet->summary->times.count > 0)
		amount_time(&sheet->cell, listed->took);
	put_cell(sheet, 12, true);
	need_print(sheet->to, "  record %" PRIu64, listed->record);
	if (listed->worker != LISTED_NOBODY || sheet->summary->timed > 0) {
		need_print(sheet->to, ", ");
		set_text(sheet, worker_name(sheet, listed->worker), NAME);
		put_cell(sheet, 0, false);
	}
	if (listed->tries > 1)
		need_print(sheet->to, ", %" PRIu64 " tries", listed->tries);
	used = columns_of(sheet->to->data + begun, sheet->to->len - begun) + 2;
	for (int i = 0; i < 2; i++) {
		const char *text = i == 0 ? listed->why : listed->name;

		if (text == NULL || used + 4 > sheet->columns)
			continue;
		need_print(sheet->to, ": ");
		set_text(sheet, text, sheet->columns - used);
		used += columns_of(sheet->cell.data, sheet->cell.len) + 2;
		put_cell(sheet, 0, false);
	}
	need_print(sheet->to, "\n");
}

static void
put_reasons(struct text_sheet *sheet)
{
	const struct failures *failures = &sheet->summary->failures;
	uint32_t *places = failures_reasons(failures);

	for (uint32_t i = 0; i < failures->reasons.count && i < REASONS; i++) {
		const struct table_entry *entry =
		    table_entry(&failures->reasons, places[i]);
		char *why = need_string(entry->key, entry->len);

		amount_count(&sheet->cell,
		    *(const uint64_t *)table_state(&failures->reasons, places[i]));
		put_cell(sheet, 12, true);
		need_print(sheet->to, "  ");
		set_text(
		    sheet, *why == '\0' ? "no reason told" : why, sheet->columns - 14);
		put_cell(sheet, 0, false);
		need_print(sheet->to, "\n");
		free(why);
	}
	free(places);
}

/* What is told of records. */
static void
put_runs(struct text_sheet *sheet)
{
	const struct summary *summary = sheet->summary;

	need_print(sheet->to, "\n");
	put_records(sheet);
	if (summary->records > 0 && summary->timed > 0)
		put_work(sheet);
	if (summary->times.count > 0)
		put_times(sheet);
	put_statuses(sheet);
	if (summary->timed == 0) {
		put_hosts(sheet);
	} else {
		put_lanes(sheet);
		put_throughput(sheet);
		put_whatif(sheet);
		put_workers(sheet);
	}
	if (summary->failed > 0) {
		heading(sheet, "Failed, by reason");
		put_reasons(sheet);
		heading(sheet, "Failed, the first ones");
		for (size_t i = 0; i < summary->failures.count; i++)
			put_listed(sheet, &summary->failures.all[i]);
	}
	if (summary->slowest.count > 0)
		heading(sheet, "Slowest");
	for (size_t i = 0; i < summary->slowest.count; i++)
		put_listed(sheet, &summary->slowest.heap[i]);
}

void
plain_text_put(struct bytes *to, const struct layout *layout, const struct series *series,
    const char *title, size_t columns, bool utf8)
{
	const struct summary *summary = layout->summary;
	struct text_sheet sheet = { .to = to,
		.layout = layout,
		.summary = summary,
		.columns = columns,
		.wide = columns - NAME - 1,
		.utf8 = utf8 };

	need_put(&sheet.cell, "", 0);
	set_text(&sheet, title, columns);
	put_cell(&sheet, 0, false);
	need_print(to, "\n");
	series_page_text(to, series, columns, utf8);
	if (summary->records > 0 || series->count == 0)
		put_runs(&sheet);
	bytes_free(&sheet.cell);
}
