/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "gantt.h"
#include "grow.h"

enum { FINEST = 1000 }; /* microseconds */

/* May bar, the last of a row, and next become one? */
static bool
together(
    const struct gantt *gantt, const struct gantt_bar *bar, const struct gantt_bar *next)
{
	return next->is.end - bar->is.start <= gantt->width;
}

static void
sum(struct gantt_bar *bar, const struct gantt_bar *next)
{
	bar->is.end = next->is.end;
	bar->is.count += next->is.count;
	bar->is.failed += next->is.failed;
	if (next->is.first < bar->is.first)
		bar->is.first = next->is.first;
	if (next->is.last > bar->is.last)
		bar->is.last = next->is.last;
	bar->busy += next->busy;
}

/* Have fewer bars in row; how many went. */
static size_t
summarize(const struct gantt *gantt, struct gantt_row *row)
{
	size_t kept = 0, had = row->count;

	for (size_t i = 0; i < had; i++)
		if (kept > 0 && together(gantt, &row->bars[kept - 1], &row->bars[i]))
			sum(&row->bars[kept - 1], &row->bars[i]);
		else
			row->bars[kept++] = row->bars[i];
	row->count = kept;
	return had - kept;
}

/* Have fewer in all rows, with room for some time. */
static void
coarsen(struct gantt *gantt)
{
	while (gantt->bars > GANTT_BARS / 4 * 3) {
		gantt->width *= 2;
		for (size_t i = 0; i < gantt->count; i++)
			gantt->bars -= summarize(gantt, &gantt->rows[i]);
	}
}

/* Add a bar at the end of row.  0, or -1 with errno. */
static int
draw(struct gantt *gantt, struct gantt_row *row, const struct gantt_bar *bar)
{
	struct gantt_bar *bars;

	if (row->count > 0 && together(gantt, &row->bars[row->count - 1], bar)) {
		sum(&row->bars[row->count - 1], bar);
		return 0;
	}
	bars = grow(row->bars, &row->room, row->count + 1, sizeof(*bars), GANTT_BARS + 1);
	if (bars == NULL)
		return -1;
	row->bars = bars;
	row->bars[row->count++] = *bar;
	gantt->bars++;
	if (gantt->bars > GANTT_BARS)
		coarsen(gantt);
	return 0;
}

/* How many rows of a worker were free by then. */
static size_t
free_by(const struct gantt_rows *of, uint64_t time)
{
	size_t low = 0, high = of->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (of->free[middle].ended <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* One more row for worker; its index in *row.  0, or -1 with errno. */
static int
new_row(struct gantt *gantt, struct gantt_rows *of, size_t worker,
    const struct stretch_of *stretch, size_t *row)
{
	struct gantt_row *rows =
	    grow(gantt->rows, &gantt->room, gantt->count + 1, sizeof(*rows), GANTT_ROWS);
	struct gantt_free *places;

	if (rows == NULL)
		return -1;
	gantt->rows = rows;
	places = grow(of->free, &of->room, of->count + 1, sizeof(*places), GANTT_ROWS);
	if (places == NULL)
		return -1;
	of->free = places;
	if (gantt->width == 0)
		gantt->width = FINEST;
	*row = gantt->count++;
	gantt->rows[*row] = (struct gantt_row){ .worker = worker,
		.begun = stretch->start,
		.drawn = gantt->drawn < GANTT_DRAWN };
	gantt->drawn += gantt->rows[*row].drawn;
	of->count++;
	return 0;
}

/* The row at place of those that are free is so until ended: put it where it belongs. */
static void
settle(struct gantt_rows *of, size_t place, size_t row, uint64_t ended)
{
	struct gantt_free *free = of->free;

	for (; place + 1 < of->count && free[place + 1].ended <= ended; place++)
		free[place] = free[place + 1];
	free[place] = (struct gantt_free){ ended, row };
}

int
gantt_add(struct gantt *gantt, struct gantt_rows *of, size_t worker,
    const struct stretch_of *stretch, uint64_t slack)
{
	size_t place = free_by(of, stretch->start + slack), row;
	struct gantt_bar bar = { .is = *stretch };
	struct gantt_row *to;

	if (place > 0) {
		row = of->free[--place].row;
	} else {
		if (of->count == GANTT_ROWS || gantt->count == GANTT_ROWS) {
			gantt->undrawn++;
			return 0;
		}
		if (new_row(gantt, of, worker, stretch, &row) < 0)
			return -1;
		/* The others move up, as if it had been free the longest. */
		memmove(of->free + 1, of->free, (of->count - 1) * sizeof(*of->free));
	}
	to = &gantt->rows[row];
	if (bar.is.start < to->ended)
		bar.is.start = to->ended; /* by no more than slack */
	if (bar.is.end < bar.is.start)
		bar.is.end = bar.is.start;
	bar.busy = bar.is.end - bar.is.start;
	to->ended = bar.is.end;
	to->busy += bar.busy;
	settle(of, place, row, to->ended);
	if (to->drawn)
		return draw(gantt, to, &bar);
	gantt->undrawn++;
	return 0;
}

void
gantt_free(struct gantt *gantt)
{
	for (size_t i = 0; i < gantt->count; i++)
		free(gantt->rows[i].bars);
	free(gantt->rows);
	*gantt = (struct gantt){ 0 };
}
