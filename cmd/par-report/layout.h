/* SPDX-License-Identifier: ISC */
/*
 * layout - where in a picture the rows of workers are, and the bars in them.
 */
#ifndef PAR_REPORT_LAYOUT_H
#define PAR_REPORT_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "summary.h"

/* How high the strip is that says that some have failed, of bars so high. */
#define LAYOUT_STRIP(thick) ((thick) < 8 ? 1 : (thick) / 8)

struct layout_row {
	size_t row; /* of the gantt */
	unsigned top; /* pixels */
};

/* The rows of one worker. */
struct layout_lane {
	size_t worker;
	unsigned top, height; /* pixels */
};

struct layout {
	const struct summary *summary;
	size_t *workers; /* all of them, sorted: by log, numbers first, by name */
	size_t workers_count;
	struct layout_row *rows; /* those that are drawn */
	size_t rows_count;
	struct layout_lane *lanes; /* of workers that have such rows */
	size_t lanes_count;
	unsigned thick; /* pixels that a bar is high */
	unsigned height; /* of all */
};

/* Which bars of a row. */
enum layout_bars {
	LAYOUT_WHOLE, /* work without a gap */
	LAYOUT_PARTLY, /* several, with gaps too small to be drawn */
	LAYOUT_FAILED, /* all its records failed */
	LAYOUT_SOME_FAILED /* drawn below the others, as well as one of these */
};

/* Ends the program where there is no memory. */
void layout_make(struct layout *layout, const struct summary *summary);
void layout_free(struct layout *layout);

/* Where time micros, since 1970, is on a scale from 0 to units for the whole run. */
uint64_t layout_x(const struct summary *summary, uint64_t micros, uint64_t units);

/*
 * Add bars of one kind, as commands of an SVG path that is stroked: each from its start
 * to its end, at least one of units for the whole run.  The y of all is y.  How many.
 */
size_t layout_path(struct bytes *to, const struct layout *layout,
    const struct gantt_row *row, enum layout_bars which, uint64_t units, double y);

#endif
