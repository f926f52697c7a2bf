/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>

#include "amount.h"
#include "axis.h"
#include "chart.h"
#include "markup.h"
#include "need.h"
#include "series_page.h"

enum {
	PLOT = 120, /* pixels high */
	NAME = 14, /* columns */
	RATE = SERIES_NUMBERS, /* one more line: what is done a second */
	LEVELS = 9
};

/* What is drawn, in this order, and how it is called. */
static const struct {
	int number;
	const char *title, *unit, *class;
	bool always; /* also where it is nothing */
} lines[] = {
	{ SERIES_WAITING, "Waiting", "records", "p", true },
	{ SERIES_DELAYED, "Delayed", "records that wait for their time", "p", false },
	{ SERIES_RUNNING, "Running", "records that workers have", "p", true },
	{ RATE, "Done", "records a second", "a", true },
	{ SERIES_RESULTS, "Results", "records not fetched", "a", false },
	{ SERIES_DEAD, "Dead", "records given up", "b", false },
};

enum { DRAWN = sizeof(lines) / sizeof(lines[0]) };

static double
value_at(const struct series_queue *queue, size_t i, int number)
{
	return number == RATE ? series_rate(queue, i)
			      : (double)queue->points[i].number[number];
}

static double
most_of(const struct series_queue *queue, int number)
{
	return number == RATE ? series_most_rate(queue) : (double)queue->most[number];
}

/* Where point i is, from 0 to 1. */
static double
place_of(const struct series_queue *queue, size_t i)
{
	uint64_t took = series_took(queue);

	return took == 0
	    ? 0
	    : (double)(queue->points[i].time - queue->points[0].time) / (double)took;
}

static void
put_chart(struct bytes *to, const struct series_queue *queue, size_t line)
{
	int number = lines[line].number;
	struct axis x, y;
	char unit[64];

	axis_time(&x, series_took(queue));
	snprintf(unit, sizeof(unit), "time since the first line, %s", x.unit);
	axis_values(&y, most_of(queue, number));
	chart_begin(to, lines[line].title, lines[line].unit, PLOT, &y, false);
	need_print(to, "<path class=%s d=\"M0 %d", lines[line].class, CHART_HIGH);
	for (size_t i = 0; i < queue->count; i++)
		need_print(to, "H%.0fV%.0f", place_of(queue, i) * CHART_WIDE,
		    CHART_HIGH * (1 - value_at(queue, i, number) / y.most));
	need_print(to, "H%dV%dz\"/>", CHART_WIDE, CHART_HIGH);
	chart_plotted(to);
	chart_end(to, &x, unit, false);
}

static void
put_cell(struct bytes *to, const char *class, uint64_t number)
{
	need_print(to, "<td><data class=%s value=%" PRIu64 ">", class, number);
	amount_count(to, number);
	need_print(to, "</data>");
}

/* What the numbers are at both ends, and at most. */
static void
put_table(struct bytes *to, const struct series_queue *queue)
{
	static const char *const names[SERIES_NUMBERS] = { "waiting", "delayed",
		"running", "results not fetched", "accepted", "done", "dead" };
	const struct series_point *first = queue->points,
				  *last = first + queue->count - 1;

	need_print(to,
	    "<div class=wide><table class=series><thead><tr><th class=l><th>first<th>"
	    "last<th>most</thead><tbody>\n");
	for (size_t i = 0; i < SERIES_NUMBERS; i++) {
		need_print(to, "<tr><td class=l>%s", names[i]);
		put_cell(to, "first", first->number[i]);
		put_cell(to, "last", last->number[i]);
		put_cell(to, "most", queue->most[i]);
		need_print(to, "\n");
	}
	need_print(to, "</tbody></table></div>\n");
}

void
series_page_put(struct bytes *to, const struct series *series)
{
	for (size_t i = 0; i < series->count; i++) {
		const struct series_queue *queue = &series->queues[i];

		need_print(to, "<h2>Queue ");
		markup_text(to, queue->name);
		need_print(to, "</h2>\n<p>");
		amount_count(to, queue->lines);
		need_print(to, " looks at it in ");
		amount_time(to, series_took(queue));
		need_print(to, "</p>\n");
		for (size_t k = 0; k < DRAWN; k++)
			if (lines[k].always || most_of(queue, lines[k].number) > 0)
				put_chart(to, queue, k);
		put_table(to, queue);
	}
}

/* The most in a part of the time, from 0 to 1: that of the point before it, too. */
static double
most_between(const struct series_queue *queue, int number, double from, double end)
{
	double most = 0;

	for (size_t i = 0; i < queue->count; i++) {
		double until = i + 1 < queue->count ? place_of(queue, i + 1) : 1;
		double value = value_at(queue, i, number);

		if (place_of(queue, i) < end && until > from && value > most)
			most = value;
	}
	return most;
}

static void
put_line(struct bytes *to, const struct series_queue *queue, size_t line, size_t wide,
    bool utf8)
{
	static const char *const levels_utf8[LEVELS] = { " ", "\u2581", "\u2582",
		"\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588" };
	static const char *const levels_ascii[LEVELS] = { " ", "_", "_", ".", ".", "-",
		"-", "=", "#" };
	int number = lines[line].number;
	double most = most_of(queue, number);

	need_print(to, "%-*s ", NAME, lines[line].title);
	for (size_t i = 0; i < wide; i++) {
		double value = most_between(queue, number, (double)i / (double)wide,
		    (double)(i + 1) / (double)wide);
		size_t level =
		    value > 0 ? 1 + (size_t)(value / most * (LEVELS - 2) + 0.5) : 0;

		need_print(to, "%s", utf8 ? levels_utf8[level] : levels_ascii[level]);
	}
	need_print(to, " ");
	amount_short(to, most);
	need_print(to, number == RATE ? "/s\n" : "\n");
}

void
series_page_text(struct bytes *to, const struct series *series, size_t columns, bool utf8)
{
	size_t wide = columns - NAME - 10;

	for (size_t i = 0; i < series->count; i++) {
		const struct series_queue *queue = &series->queues[i];
		const struct series_point *last = &queue->points[queue->count - 1];

		need_print(to, "\nQueue %s: ", queue->name);
		amount_count(to, queue->lines);
		need_print(to, " looks in ");
		amount_time(to, series_took(queue));
		need_print(to, "; at the end ");
		amount_count(to, last->number[SERIES_WAITING]);
		need_print(to, " waiting, ");
		amount_count(to, last->number[SERIES_RUNNING]);
		need_print(to, " running, ");
		amount_count(to, last->number[SERIES_DONE]);
		need_print(to, " done, ");
		amount_count(to, last->number[SERIES_DEAD]);
		need_print(to, " dead\n");
		for (size_t k = 0; k < DRAWN; k++)
			if (lines[k].always || most_of(queue, lines[k].number) > 0)
				put_line(to, queue, k, wide, utf8);
	}
}
