/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "need.h"

/* A worker, as it is sorted. */
struct layout_place {
	const struct of_worker *is;
	size_t index;
};

/* Logs in their order; "worker 10" behind "worker 9", and hosts by their names. */
static int
compare_places(const void *left, const void *right)
{
	const struct layout_place *a = left, *b = right;
	const char *one = a->is->name, *other = b->is->name;
	size_t len, other_len;
	bool numbered;

	if (one == NULL || other == NULL)
		return (one == NULL) - (other == NULL);
	if (a->is->file != b->is->file)
		return a->is->file < b->is->file ? -1 : 1;
	numbered = strncmp(one, "worker ", 7) == 0;
	if (numbered != (strncmp(other, "worker ", 7) == 0))
		return numbered ? -1 : 1;
	len = strlen(one);
	other_len = strlen(other);
	if (numbered && len != other_len)
		return len < other_len ? -1 : 1;
	return strcmp(one, other);
}

static void
sort_workers(struct layout *layout)
{
	const struct summary *summary = layout->summary;
	size_t count = summary->workers_count;
	struct layout_place *places = calloc(count + 1, sizeof(*places));

	layout->workers = calloc(count + 1, sizeof(*layout->workers));
	if (places == NULL || layout->workers == NULL)
		need_failed((count + 1) * sizeof(*places));
	for (size_t i = 0; i < count; i++)
		places[i] = (struct layout_place){ &summary->workers[i], i };
	qsort(places, count, sizeof(*places), compare_places);
	for (size_t i = 0; i < count; i++)
		layout->workers[i] = places[i].index;
	layout->workers_count = count;
	free(places);
}

/* How high bars are, and what is between two, by how many there are: pixels. */
static void
choose_size(size_t rows, unsigned *thick, unsigned *gap)
{
	*thick = rows <= 16 ? 18 : rows <= 40 ? 11 : rows <= 100 ? 6 : 3;
	*gap = rows <= 16 ? 5 : rows <= 40 ? 3 : 1;
}

/* The rows of one worker, from top on; where the next one begins. */
static unsigned
place_rows(struct layout *layout, size_t worker, unsigned top, unsigned gap)
{
	const struct gantt *gantt = &layout->summary->gantt;
	struct layout_lane lane = { .worker = worker, .top = top };

	for (size_t i = 0; i < gantt->count; i++) {
		if (gantt->rows[i].worker != worker || !gantt->rows[i].drawn)
			continue;
		layout->rows[layout->rows_count++] = (struct layout_row){ i, top };
		top += layout->thick + (gap < 3 ? gap : 1);
	}
	if (top == lane.top)
		return top;
	lane.height = top - lane.top - 1;
	layout->lanes[layout->lanes_count++] = lane;
	return top + gap;
}

void
layout_make(struct layout *layout, const struct summary *summary)
{
	unsigned gap, top;

	*layout = (struct layout){ .summary = summary };
	sort_workers(layout);
	layout->rows = calloc(GANTT_DRAWN + 1, sizeof(*layout->rows));
	layout->lanes = calloc(GANTT_DRAWN + 1, sizeof(*layout->lanes));
	if (layout->rows == NULL || layout->lanes == NULL)
		need_failed(GANTT_DRAWN * sizeof(*layout->rows));
	choose_size(summary->gantt.drawn, &layout->thick, &gap);
	top = gap;
	for (size_t i = 0; i < layout->workers_count; i++)
		top = place_rows(layout, layout->workers[i], top, gap);
	layout->height = top;
}

void
layout_free(struct layout *layout)
{
	free(layout->workers);
	free(layout->rows);
	free(layout->lanes);
}

uint64_t
layout_x(const struct summary *summary, uint64_t micros, uint64_t units)
{
	uint64_t took = summary_took(summary);

	if (took == 0)
		return 0;
	return (
	    uint64_t)((double)(micros - summary->begun) / (double)took * (double)units);
}

/* Is bar one of these? */
static bool
is_of(const struct gantt_bar *bar, enum layout_bars which)
{
	/* What lacks less than a twentieth is drawn as if nothing did. */
	bool whole = bar->busy >= (bar->is.end - bar->is.start) / 20 * 19;
	bool failed = bar->is.failed == bar->is.count;

	switch (which) {
	case LAYOUT_WHOLE:
		return whole && !failed;
	case LAYOUT_PARTLY:
		return !whole && !failed;
	case LAYOUT_FAILED:
		return failed;
	case LAYOUT_SOME_FAILED:
		return !failed && bar->is.failed > 0;
	}
	return false;
}

size_t
layout_path(struct bytes *to, const struct layout *layout, const struct gantt_row *row,
    enum layout_bars which, uint64_t units, double y)
{
	uint64_t last = UINT64_MAX;
	size_t count = 0;

	for (size_t i = 0; i < row->count; i++) {
		const struct gantt_bar *bar = &row->bars[i];
		uint64_t from, end;

		if (!is_of(bar, which))
			continue;
		from = layout_x(layout->summary, bar->is.start, units);
		end = layout_x(layout->summary, bar->is.end, units);
		if (end == from) {
			if (last == from)
				continue; /* there is one already */
			end++;
		}
		need_print(to, "M%" PRIu64 " %.4gh%" PRIu64, from, y, end - from);
		last = from;
		count++;
	}
	return count;
}
