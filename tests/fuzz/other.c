/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-report: traces, indexes of results, pages, and numbers of queues, of any
 * bytes.  What is taken of a line holds to its bounds, and is a view of the line or of a
 * row's name.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "micro.h"
#include "other_line.h"
#include "series.h"

static void
look_at_line(const struct log_line *line)
{
	must(line->start <= MICRO_MOST && line->took <= MICRO_MOST && line->http <= 999);
	must(line->count_failed <= line->count);
	must(line->worker.data == NULL || line->worker.len <= 1 << 20);
	must(line->why.data == NULL ||
	    memchr(line->why.data, '\n', line->why.len) == NULL);
	must(line->command.data == NULL ||
	    memchr(line->command.data, '\t', line->command.len) == NULL);
}

/* Points are few, in their order, and no more than the most. */
static void
look_at_series(const struct series *series)
{
	for (size_t i = 0; i < series->count; i++) {
		const struct series_queue *queue = &series->queues[i];

		must(queue->count > 0 && queue->count <= SERIES_POINTS);
		must(queue->lines >= queue->count);
		for (size_t k = 0; k < queue->count; k++) {
			must(
			    k == 0 || queue->points[k - 1].time <= queue->points[k].time);
			must(series_rate(queue, k) <= series_most_rate(queue));
			for (size_t n = 0; n < SERIES_NUMBERS; n++)
				must(queue->points[k].number[n] <= queue->most[n]);
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces in = pieces_of(data, size);
	struct other_lines lines = { 0 };
	struct series series = { 0 };
	enum log_kind kind = LOG_NONE;

	while (in.left > 0) {
		size_t len;
		const char *at = pieces_until(&in, '\n', &len);
		char *text = copy_of(at, len);
		struct log_line line;

		series_line(&series, text, len);
		if (kind == LOG_NONE)
			kind = other_line_head(text, len);
		if (kind != LOG_NONE &&
		    other_line_read(&lines, kind, text, len, &line) == NULL)
			look_at_line(&line);
		free(text);
	}
	look_at_series(&series);
	series_free(&series);
	other_lines_free(&lines);
	return 0;
}
