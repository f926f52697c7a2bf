/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amount.h"
#include "chart.h"
#include "distribution.h"
#include "markup.h"
#include "micro.h"
#include "need.h"
#include "sections.h"

enum {
	NAMES_APART = 13, /* pixels */
	PLOT = 170, /* pixels high */
	WORKERS = 200, /* that have a row of their own in a table */
	REASONS = 50,
	UNITS = 1000000 /* along the time, for the script */
};

/* An exact number, for programs, and what people read. */
static void
put_count(struct bytes *to, const char *name, uint64_t count)
{
	need_print(to, "<data class=%s value=%" PRIu64 ">", name, count);
	amount_count(to, count);
	need_print(to, "</data>");
}

static void
put_time(struct bytes *to, const char *name, uint64_t micros)
{
	need_print(to, "<data class=%s value=", name);
	amount_exact(to, micros);
	need_print(to, ">");
	amount_time(to, micros);
	need_print(to, "</data>");
}

static void
key(struct bytes *to, const char *text)
{
	need_print(to, "<div><dt>%s</dt><dd>", text);
}

static void
key_more(struct bytes *to)
{
	need_print(to, "<small>");
}

static void
key_end(struct bytes *to)
{
	need_print(to, "</small></dd></div>\n");
}

static void
put_records_keys(struct bytes *to, const struct summary *summary)
{
	double seconds = (double)summary_took(summary) / MICRO_SECOND;

	key(to, "Records");
	put_count(to, "records", summary->records);
	key_more(to);
	amount_bytes(to, summary->in);
	need_print(to, " in, ");
	amount_bytes(to, summary->out);
	need_print(to, " out");
	key_end(to);
	key(to, "Failed");
	if (summary->failed > 0)
		need_print(to, "<span class=bad>");
	put_count(to, "failed", summary->failed);
	if (summary->failed > 0)
		need_print(to, "</span>");
	key_more(to);
	amount_share(to, (double)summary->failed, (double)summary->records);
	key_end(to);
	if (summary->timed == 0)
		return;
	key(to, "Time");
	put_time(to, "took", summary_took(summary));
	key_more(to);
	if (seconds > 0) {
		amount_short(to, (double)summary->records / seconds);
		need_print(to, " records a second");
	}
	key_end(to);
}

static void
put_work_keys(struct bytes *to, const struct summary *summary)
{
	size_t places = summary_places(summary);

	key(to, "At work at once");
	put_count(to, "places", places);
	key_more(to);
	need_print(to, "of %zu worker%s or host%s", summary->workers_count,
	    summary->workers_count == 1 ? "" : "s",
	    summary->workers_count == 1 ? "" : "s");
	key_end(to);
	key(to, "Busy");
	amount_share(to, (double)summary->whatif.total,
	    (double)summary_took(summary) * (double)places);
	key_more(to);
	put_time(to, "work", summary->whatif.total);
	need_print(to, " of work");
	key_end(to);
}

static void
put_times_keys(struct bytes *to, const struct summary *summary)
{
	key(to, "Median record");
	put_time(to, "median", quantiles_at(&summary->times, 500000));
	key_more(to);
	need_print(to, "99 %% within ");
	amount_time(to, quantiles_at(&summary->times, 990000));
	key_end(to);
}

void
sections_keys(struct bytes *to, const struct summary *summary)
{
	/* As many as there will be are a row, or two. */
	if (summary->timed > 0)
		need_print(to, "<dl class=keys>\n");
	else
		need_print(to,
		    "<dl class=keys style=\"grid-template-columns:repeat(%d,1fr)\">\n",
		    summary->times.count > 0 ? 3 : 2);
	put_records_keys(to, summary);
	if (summary->timed > 0)
		put_work_keys(to, summary);
	if (summary->times.count > 0)
		put_times_keys(to, summary);
	need_print(to, "</dl>\n");
}

static void
put_names(struct bytes *to, const struct layout *layout)
{
	unsigned free = 0; /* above it another name stands */

	need_print(to, "<div class=names>");
	for (size_t i = 0; i < layout->lanes_count; i++) {
		const struct layout_lane *lane = &layout->lanes[i];
		const char *name = layout->summary->workers[lane->worker].name;
		unsigned y = lane->top + lane->height / 2;

		need_print(to, "<span%s style=\"top:%upx\" title=\"",
		    y < free ? " hidden" : "", y);
		markup_text(to, name == NULL ? "others" : name);
		need_print(to, "\">");
		markup_text(to, name == NULL ? "others" : name);
		need_print(to, "</span>");
		if (y >= free)
			free = y + NAMES_APART;
	}
	need_print(to, "</div>");
}

/* All bars of one kind, as one path. */
static void
put_bars(struct bytes *to, const struct layout *layout, enum layout_bars which,
    const char *class, unsigned thick, double below)
{
	need_print(to, "<path class=%s stroke-width=%u d=\"", class, thick);
	for (size_t i = 0; i < layout->rows_count; i++)
		layout_path(to, layout, &layout->summary->gantt.rows[layout->rows[i].row],
		    which, CHART_WIDE, layout->rows[i].top + below);
	need_print(to, "\"/>");
}

void
sections_gantt(struct bytes *to, const struct layout *layout)
{
	const struct summary *summary = layout->summary;
	unsigned thick = layout->thick, strip = LAYOUT_STRIP(thick);
	struct axis axis;

	axis_time(&axis, summary_took(summary));
	need_print(to,
	    "<figure>\n<figcaption><b>Workers</b><span class=key>"
	    "<span><i class=kw></i>at work</span>"
	    "<span><i class=ks></i>many short ones, with pauses</span>"
	    "<span><i class=kf></i>failed</span></span>"
	    "<span class=tools><button data-zoom=0.5>Zoom in</button>"
	    "<button data-zoom=2>Zoom out</button><button>All</button></span>"
	    "</figcaption>\n<div class=grid style=\"--h:%upx\">",
	    layout->height);
	put_names(to, layout);
	need_print(to,
	    "<div class=box><svg class=\"plot bars\" tabindex=0 role=img "
	    "aria-label=\"When each worker was at work\" viewBox=\"0 0 %d %u\" "
	    "preserveAspectRatio=none>",
	    CHART_WIDE, layout->height);
	put_bars(to, layout, LAYOUT_PARTLY, "s", thick, thick / 2.0);
	put_bars(to, layout, LAYOUT_WHOLE, "w", thick, thick / 2.0);
	put_bars(to, layout, LAYOUT_FAILED, "f", thick, thick / 2.0);
	put_bars(to, layout, LAYOUT_SOME_FAILED, "z", strip, thick - strip / 2.0);
	need_print(to, "</svg></div><div></div>");
	chart_ticks(to, &axis, true);
	need_print(to,
	    "<div></div><div class=unit>time since the start, "
	    "%s</div></div>\n</figure>\n",
	    axis.unit);
	if (summary->gantt.undrawn > 0)
		need_print(to,
		    "<p>More was at work at once than there are rows here: %" PRIu64
		    " stretches of work are counted, and not drawn.</p>\n",
		    summary->gantt.undrawn);
}

/* One bar: from the end of the one before to its start, how long, and what it is. */
static void
put_bar(struct bytes *to, const struct summary *summary, const struct gantt_bar *bar,
    uint64_t *at)
{
	uint64_t from = layout_x(summary, bar->is.start, UNITS);
	uint64_t end = layout_x(summary, bar->is.end, UNITS);
	uint64_t took = summary_took(summary), work = 0;

	if (took > 0)
		work = (uint64_t)((double)bar->busy / (double)took * UNITS);
	need_print(to, "%" PRIu64 ",%" PRIu64 ",", from - *at, end - from);
	*at = end;
	if (bar->is.count > 1)
		need_print(to,
		    "-%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64,
		    bar->is.count, bar->is.failed, bar->is.first, bar->is.last, work);
	else if (bar->is.failed > 0 || bar->is.first == 0)
		need_print(to, "0,%" PRIu64, bar->is.first);
	else
		need_print(to, "%" PRIu64, bar->is.first);
}

/* The lane that a row is of. */
static size_t
lane_of(const struct layout *layout, const struct gantt_row *row)
{
	size_t lane = 0;

	while (layout->lanes[lane].worker != row->worker)
		lane++;
	return lane;
}

void
sections_data(struct bytes *to, const struct layout *layout)
{
	const struct summary *summary = layout->summary;

	need_print(to,
	    "<script type=\"application/json\" id=data>{\"took\":%" PRIu64
	    ",\"thick\":%u,\"height\":%u,\"rows\":[",
	    summary_took(summary), layout->thick, layout->height);
	for (size_t i = 0; i < layout->rows_count; i++) {
		const struct gantt_row *row = &summary->gantt.rows[layout->rows[i].row];
		uint64_t at = 0;

		need_print(to, "%s[%zu,%u,[", i > 0 ? ",\n" : "\n", lane_of(layout, row),
		    layout->rows[i].top);
		for (size_t k = 0; k < row->count; k++) {
			if (k > 0)
				need_put(to, ",", 1);
			put_bar(to, summary, &row->bars[k], &at);
		}
		need_print(to, "]]");
	}
	need_print(to, "\n]}</script>\n");
}

/* Steps of the timeline, some of them as one, so that there are not too many to see. */
struct section_steps {
	const struct summary *summary;
	size_t each, count;
};

enum { STEPS = 180, FEW_STEPS = 40, RECORDS_A_STEP = 30 };

static uint64_t
width_of(const struct section_steps *steps)
{
	return steps->summary->timeline.width * steps->each;
}

/* Where step i begins, which the first does with the run. */
static uint64_t
step_begin(const struct section_steps *steps, size_t i)
{
	const struct timeline *timeline = &steps->summary->timeline;
	uint64_t from = (timeline->first + i * steps->each) * timeline->width;

	return from < steps->summary->begun ? steps->summary->begun : from;
}

static struct section_steps
steps_of(const struct summary *summary)
{
	struct section_steps steps = { summary, 1, summary->timeline.count };

	while (steps.count > STEPS ||
	    (steps.count > FEW_STEPS &&
		summary->records / steps.count < RECORDS_A_STEP)) {
		steps.each *= 2;
		steps.count = (summary->timeline.count + steps.each - 1) / steps.each;
	}
	/* What is left over at the end says nothing of a rate. */
	if (steps.count > 1 &&
	    step_begin(&steps, steps.count - 1) + width_of(&steps) / 2 > summary->ended)
		steps.count--;
	return steps;
}

/* What is drawn of a step. */
enum section_line { LINE_ALL, LINE_DONE, LINE_BUSY };

static double
step_value(const struct section_steps *steps, size_t i, enum section_line line)
{
	const struct timeline *timeline = &steps->summary->timeline;
	uint64_t sum = 0, from = step_begin(steps, i), end = steps->summary->ended;
	size_t until = timeline->count;

	if (i + 1 < steps->count) {
		end = step_begin(steps, i + 1);
		until = (i + 1) * steps->each;
	}
	for (size_t k = i * steps->each; k < until; k++) {
		const struct timeline_step *step = &timeline->steps[k];

		sum += line == LINE_BUSY ? step->busy
		    : line == LINE_DONE	 ? step->done
					 : step->done + step->failed;
	}
	if (end < from + width_of(steps) / 4)
		end = from + width_of(steps) / 4;
	return (double)sum * (line == LINE_BUSY ? 1 : MICRO_SECOND) /
	    (double)(end - from);
}

static double
most_of(const struct section_steps *steps, enum section_line line)
{
	double most = 0;

	for (size_t i = 0; i < steps->count; i++) {
		double value = step_value(steps, i, line);

		most = value > most ? value : most;
	}
	return most;
}

/* An area below a line of steps. */
static void
put_area(struct bytes *to, const struct section_steps *steps, enum section_line line,
    const char *class, double most)
{
	need_print(to, "<path class=%s d=\"M0 %d", class, CHART_HIGH);
	for (size_t i = 0; i < steps->count; i++) {
		double high = step_value(steps, i, line) / most * CHART_HIGH;

		need_print(to, "H%" PRIu64 "V%.0f",
		    layout_x(steps->summary, step_begin(steps, i), CHART_WIDE),
		    CHART_HIGH - (high < CHART_HIGH ? high : CHART_HIGH));
	}
	need_print(to, "H%dV%dz\"/>", CHART_WIDE, CHART_HIGH);
}

void
sections_throughput(struct bytes *to, const struct summary *summary)
{
	struct section_steps steps = steps_of(summary);
	struct axis x, y;
	char unit[64];

	axis_time(&x, summary_took(summary));
	snprintf(unit, sizeof(unit), "time since the start, %s", x.unit);
	axis_values(&y, most_of(&steps, LINE_ALL));
	chart_begin(to, "Throughput",
	    summary->failed > 0 ? "records a second; red: failed" : "records a second",
	    PLOT, &y, true);
	if (summary->failed > 0)
		put_area(to, &steps, LINE_ALL, "b", y.most);
	put_area(to, &steps, LINE_DONE, "a", y.most);
	chart_plotted(to);
	chart_end(to, &x, unit, true);
	axis_values(&y, (double)summary_places(summary));
	chart_begin(
	    to, "At work", "how many at once, on average", PLOT * 2 / 3, &y, true);
	put_area(to, &steps, LINE_BUSY, "p", y.most);
	chart_plotted(to);
	chart_end(to, &x, unit, true);
}

/* Where quantiles are, as lines over the chart. */
static void
put_marks(struct bytes *to, const struct distribution *of, const struct quantiles *times)
{
	static const struct {
		const char *name;
		uint64_t millionths;
	} all[] = { { "50 %", 500000 }, { "90 %", 900000 }, { "99 %", 990000 } };
	double last = -1;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		double at = distribution_at(of, quantiles_at(times, all[i].millionths));

		if (at - last < 0.08)
			continue;
		need_print(to, "<div class=q style=\"left:%.4g%%\"><span>%s</span></div>",
		    100 * at, all[i].name);
		last = at;
	}
}

static void
put_steps(struct bytes *to, const struct distribution *of, double most)
{
	double wide = (double)CHART_WIDE / (double)of->count;

	need_print(to, "<path class=a d=\"");
	for (size_t i = 0; i < of->count; i++)
		if (of->counts[i] > 0) {
			double high = (double)of->counts[i] / most * CHART_HIGH;

			/* One of a million is seen, too. */
			high = high < 5 ? 5 : high;
			need_print(to, "M%.0f %dh%.0fv-%.0fh-%.0fz",
			    (double)i * wide + wide * 0.06, CHART_HIGH, wide * 0.88, high,
			    wide * 0.88);
		}
	need_print(to, "\"/>");
	chart_plotted(to);
}

static void
put_quantiles(struct bytes *to, const struct quantiles *times)
{
	static const struct {
		const char *name;
		uint64_t millionths;
	} all[] = { { "10 %", 100000 }, { "25 %", 250000 }, { "50 %", 500000 },
		{ "75 %", 750000 }, { "90 %", 900000 }, { "99 %", 990000 },
		{ "99.9 %", 999000 } };

	need_print(to, "<table class=quantiles><tbody>\n<tr><td class=l>least<td>");
	put_time(to, "least", times->least);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		need_print(to, "\n<tr><td class=l>%s within<td>", all[i].name);
		put_time(to, "quantile", quantiles_at(times, all[i].millionths));
	}
	need_print(to, "\n<tr><td class=l>most<td>");
	put_time(to, "most", times->most);
	need_print(to, "\n<tr><td class=l>mean<td>");
	put_time(to, "mean", times->count > 0 ? times->sum / times->count : 0);
	need_print(to, "</tbody></table>\n");
}

void
sections_times(struct bytes *to, const struct summary *summary)
{
	struct distribution of;
	struct axis y;

	distribution_make(&of, &summary->times);
	axis_values(&y, (double)of.most);
	need_print(to, "<div class=two>");
	chart_begin(to, "Seconds a record", "how many records took so long", PLOT + 30,
	    &y, false);
	put_steps(to, &of, y.most);
	put_marks(to, &of, &summary->times);
	chart_end(to, &of.x, "seconds", false);
	put_quantiles(to, &summary->times);
	need_print(to, "</div>\n");
}

/* The first number of workers to which no larger one that was tried adds a hundredth. */
static const struct whatif_answer *
enough_of(const struct whatif *whatif)
{
	const struct whatif_answer *most = &whatif->answers[whatif->answers_count - 1];
	const struct whatif_answer *enough = whatif->answers;

	while (enough->took > most->took + most->took / 100)
		enough++;
	return enough;
}

/* What the table says, in words. */
static void
put_whatif_words(struct bytes *to, const struct summary *summary)
{
	const struct whatif *whatif = &summary->whatif;
	const struct whatif_answer *more = whatif->answers, *enough = enough_of(whatif);

	while (more->workers < 2 * summary_places(summary))
		more++;
	need_print(to, "<p>");
	if (enough->workers <= summary_places(summary)) {
		need_print(to,
		    "<b>More workers would have gained nothing</b>: %" PRIu64
		    " would have done as well. ",
		    enough->workers);
	} else {
		need_print(to, "<b>%" PRIu64 " would have taken ", more->workers);
		put_time(to, "twice", more->took);
		need_print(to, "</b> in place of ");
		put_time(to, "took", summary_took(summary));
		need_print(to, ". ");
		if (enough < &whatif->answers[whatif->answers_count - 1])
			need_print(to, "Beyond %" PRIu64 " nothing is gained. ",
			    enough->workers);
	}
	need_print(
	    to, "No number is quicker than the longest stretch of work, which took ");
	put_time(to, "longest", whatif->longest);
	need_print(to,
	    ". Each stretch of the log, in the order in which they began, goes to "
	    "whichever "
	    "worker is free first, and takes as long as it did: where workers share a "
	    "disk, "
	    "a server or processors, more of them gain less.</p>\n");
}

static void
put_answer(struct bytes *to, const struct summary *summary,
    const struct whatif_answer *answer, uint64_t alone)
{
	bool here = answer->workers == summary_places(summary);

	need_print(to, "<tr%s><td>", here ? " class=here" : "");
	put_count(to, "workers", answer->workers);
	need_print(to, "<td>");
	put_time(to, "schedule", answer->took);
	need_print(to, "<td>");
	amount_short(to, (double)alone / (double)answer->took);
	need_print(to, "<td class=meter><div><i style=\"width:%.4g%%\"></i>",
	    100 * (double)answer->took / (double)alone);
	if (here) {
		need_print(to, "as many as there were; it took ");
		put_time(to, "took", summary_took(summary));
	}
	need_print(to, "</div>\n");
}

void
sections_whatif(struct bytes *to, const struct summary *summary)
{
	const struct whatif *whatif = &summary->whatif;

	if (whatif->total == 0 || whatif->answers_count == 0)
		return;
	need_print(to, "<h2>What other numbers of workers would take</h2>\n");
	put_whatif_words(to, summary);
	need_print(to,
	    "<div class=wide><table class=whatif><thead><tr><th>workers<th>time"
	    "<th>times as fast<th class=meter></thead><tbody>\n");
	for (size_t i = 0; i < whatif->answers_count; i++) {
		const struct whatif_answer *answer = &whatif->answers[i];

		put_answer(to, summary, answer, whatif->answers[0].took);
		if (answer->took == whatif->longest &&
		    answer->workers >= summary_places(summary))
			break;
	}
	need_print(to, "</tbody></table></div>\n");
}

/* Idle time of the rows of a worker: before the first stretch, between, after the last.
 */
struct section_idle {
	uint64_t before, between, after;
};

static void
add_idle(
    struct section_idle *idle, const struct summary *summary, const struct gantt_row *row)
{
	uint64_t before = row->begun - summary->begun,
		 after = summary->ended - row->ended;
	uint64_t known = before + after + row->busy, took = summary_took(summary);

	idle->before += before;
	idle->after += after;
	idle->between += known < took ? took - known : 0;
}

static void
put_idle(struct bytes *to, const struct section_idle *idle)
{
	need_print(to, "<td>");
	put_time(to, "before", idle->before);
	need_print(to, "<td>");
	put_time(to, "between", idle->between);
	need_print(to, "<td>");
	put_time(to, "after", idle->after);
}

static void
put_counts(struct bytes *to, uint64_t records, uint64_t failed, size_t places)
{
	need_print(to, "<td>");
	put_count(to, "records", records);
	need_print(to, "<td%s>", failed > 0 ? " class=bad" : "");
	put_count(to, "failed", failed);
	need_print(to, "<td>");
	put_count(to, "places", places);
}

static void
put_worker(struct bytes *to, const struct summary *summary,
    const struct of_worker *worker, const struct section_idle *idle)
{
	need_print(to, "<tr><td class=\"l n\">");
	markup_text(to, worker->name == NULL ? "others" : worker->name);
	if (summary->files > 1)
		need_print(to, " (log %zu)", worker->file + 1);
	put_counts(to, worker->records, worker->failed, worker->rows.count);
	need_print(to, "<td>");
	put_time(to, "work", worker->work);
	need_print(to, "<td>");
	amount_share(to, (double)worker->work,
	    (double)summary_took(summary) * (double)worker->rows.count);
	put_idle(to, idle);
	need_print(to, "<td>");
	put_time(
	    to, "mean", worker->records > 0 ? worker->times.sum / worker->records : 0);
	need_print(to, "<td>");
	amount_time(to, quantiles_at(&worker->times, 500000));
	need_print(to, "<td>");
	amount_time(to, quantiles_at(&worker->times, 950000));
	need_print(to, "<td>");
	amount_bytes(to, worker->in);
	need_print(to, "<td>");
	amount_bytes(to, worker->out);
	need_print(to, "\n");
}

static void
put_all_workers(
    struct bytes *to, const struct summary *summary, const struct section_idle *idle)
{
	need_print(to, "</tbody><tfoot><tr><td class=l>all");
	put_counts(to, summary->records - summary->nobody,
	    summary->failed - summary->nobody, summary_places(summary));
	need_print(to, "<td>");
	put_time(to, "work", summary->whatif.total);
	need_print(to, "<td>");
	amount_share(to, (double)summary->whatif.total,
	    (double)summary_took(summary) * (double)summary_places(summary));
	put_idle(to, idle);
	need_print(to, "<td colspan=3><td>");
	amount_bytes(to, summary->in);
	need_print(to, "<td>");
	amount_bytes(to, summary->out);
	need_print(to, "</tfoot></table></div>\n");
}

void
sections_workers(struct bytes *to, const struct layout *layout)
{
	const struct summary *summary = layout->summary;
	struct section_idle all = { 0 },
			    *idle = calloc(summary->workers_count + 1, sizeof(*idle));

	if (idle == NULL)
		need_failed((summary->workers_count + 1) * sizeof(*idle));
	for (size_t i = 0; i < summary->gantt.count; i++) {
		const struct gantt_row *row = &summary->gantt.rows[i];

		add_idle(&idle[row->worker], summary, row);
		add_idle(&all, summary, row);
	}
	need_print(to,
	    "<h2>Workers and hosts side by side</h2>\n"
	    "<p>Idle before the first record, between records, and after the last one: "
	    "with "
	    "what a worker had at once, times the length of the run, these and its work "
	    "add "
	    "up.</p>\n"
	    "<div class=wide><table class=workers><thead><tr><th class=l><th>records"
	    "<th>failed<th>at once<th>work<th>busy<th>idle before<th>between<th>after"
	    "<th>mean<th>median<th>95 %%<th>in<th>out</thead><tbody>\n");
	for (size_t i = 0; i < layout->workers_count && i < WORKERS; i++)
		put_worker(to, summary, &summary->workers[layout->workers[i]],
		    &idle[layout->workers[i]]);
	if (layout->workers_count > WORKERS)
		need_print(to, "<tr><td class=l colspan=14>and %zu more\n",
		    layout->workers_count - WORKERS);
	put_all_workers(to, summary, &all);
	free(idle);
}

static void
put_listed(struct bytes *to, const struct summary *summary, const struct listed *listed,
    bool reason)
{
	const char *text = reason ? listed->why : listed->name;

	need_print(to, "<tr><td>");
	put_count(to, "record", listed->record);
	need_print(to, "<td>");
	put_time(to, "seconds", listed->took);
	need_print(to, "<td>");
	if (listed->tries > 0)
		put_count(to, "tries", listed->tries);
	need_print(to, "<td class=\"l n\">");
	if (listed->worker != LISTED_NOBODY &&
	    summary->workers[listed->worker].name != NULL)
		markup_text(to, summary->workers[listed->worker].name);
	need_print(to, "<td class=t><bdi>");
	if (text != NULL)
		markup_field(to, text);
	if (reason && listed->name != NULL) {
		need_print(to, "</bdi><br><bdi>");
		markup_field(to, listed->name);
	}
	need_print(to, "</bdi>\n");
}

static void
put_reasons(struct bytes *to, const struct failures *failures)
{
	uint32_t *places = failures_reasons(failures);
	uint64_t others = failures->others;

	need_print(to,
	    "<div class=wide><table class=reasons><thead><tr><th>records<th "
	    "class=t>reason"
	    "</thead><tbody>\n");
	for (uint32_t i = 0; i < failures->reasons.count; i++) {
		const struct table_entry *entry =
		    table_entry(&failures->reasons, places[i]);
		uint64_t count =
		    *(const uint64_t *)table_state(&failures->reasons, places[i]);
		char *why = need_string(entry->key, entry->len);

		if (i < REASONS) {
			need_print(to, "<tr><td>");
			put_count(to, "count", count);
			need_print(to, "<td class=t><bdi>");
			markup_field(to, *why == '\0' ? "no reason told" : why);
			need_print(to, "</bdi>\n");
		} else {
			others += count;
		}
		free(why);
	}
	if (others > 0) {
		need_print(to, "<tr><td>");
		put_count(to, "count", others);
		need_print(to, "<td class=t>other reasons\n");
	}
	need_print(to, "</tbody></table></div>\n");
	free(places);
}

static void
begin_listed(struct bytes *to, const char *class, const char *text)
{
	need_print(to,
	    "<div class=wide><table class=%s><thead><tr><th>record<th>time<th>tries"
	    "<th class=l>worker<th class=t>%s</thead><tbody>\n",
	    class, text);
}

void
sections_failed(struct bytes *to, const struct summary *summary)
{
	const struct failures *failures = &summary->failures;

	if (summary->failed == 0)
		return;
	need_print(to, "<h2>Failed records</h2>\n");
	put_reasons(to, failures);
	if (failures->count == 0)
		return;
	if (failures->count < summary->failed)
		need_print(to, "<p>The first %zu of them:</p>\n", failures->count);
	begin_listed(to, "failures", "reason");
	for (size_t i = 0; i < failures->count; i++)
		put_listed(to, summary, &failures->all[i], true);
	need_print(to, "</tbody></table></div>\n");
}

void
sections_slowest(struct bytes *to, const struct summary *summary)
{
	const struct slowest *slowest = &summary->slowest;

	if (slowest->count == 0)
		return;
	need_print(to, "<h2>Slowest records</h2>\n");
	begin_listed(to, "slowest",
	    slowest->heap[0].name == NULL ? ""
		: summary->pages > 0	  ? "URL"
					  : "command");
	for (size_t i = 0; i < slowest->count; i++)
		put_listed(to, summary, &slowest->heap[i], false);
	need_print(to, "</tbody></table></div>\n");
}

void
sections_tries(struct bytes *to, const struct summary *summary)
{
	bool more = false;

	for (size_t i = 2; i <= SUMMARY_TRIES; i++)
		more = more || summary->tries[i] > 0;
	if (!more)
		return;
	need_print(to,
	    "<h2>Tries</h2>\n<div class=wide><table class=tries><thead><tr><th>tries"
	    "<th>records<th class=t></thead><tbody>\n");
	for (size_t i = 1; i <= SUMMARY_TRIES; i++) {
		if (summary->tries[i] == 0)
			continue;
		need_print(
		    to, "<tr><td>%zu%s<td>", i, i == SUMMARY_TRIES ? " or more" : "");
		put_count(to, "count", summary->tries[i]);
		need_print(to, "<td class=t>\n");
	}
	need_print(to, "</tbody></table></div>\n");
}
