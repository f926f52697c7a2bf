/* SPDX-License-Identifier: ISC */
/*
 * gantt - when each worker worked on what: rows of bars, of bounded number.
 *
 * What a worker has at once stands in rows below each other.  A row takes a stretch if it
 * is free by then; of several that are, the one that was free last, which makes as few
 * rows as can be where stretches come in the order of their ends, as in a log, and have a
 * length.
 *
 * When there are too many bars, neighbours in a row become one that sums them, if
 * together they are no longer than a width, which is doubled until there are few enough.
 */
#ifndef PAR_REPORT_GANTT_H
#define PAR_REPORT_GANTT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	GANTT_BARS = 16384, /* at most, in all rows */
	GANTT_DRAWN = 200, /* rows that have bars */
	GANTT_ROWS = 100000 /* rows there may be */
};

/* A time in which one worker did something, and the records that this was about. */
struct stretch_of {
	uint64_t start, end; /* microseconds since 1970 */
	uint64_t count, failed; /* records */
	uint64_t first, last; /* the least and the greatest of their numbers */
};

struct gantt_bar {
	struct stretch_of is; /* the sum of all of its stretches */
	uint64_t busy; /* microseconds that these took */
};

struct gantt_row {
	size_t worker; /* whose it is */
	struct gantt_bar *bars; /* by time, none over another */
	size_t count, room;
	uint64_t begun, ended; /* of its first stretch, and of its last */
	uint64_t busy;
	bool drawn; /* it has bars */
};

/* A row of a worker, by when it is free. */
struct gantt_free {
	uint64_t ended;
	size_t row;
};

/* The rows of one worker, the one that was free last at the end.  All zero: none. */
struct gantt_rows {
	struct gantt_free *free;
	size_t count, room;
};

struct gantt {
	struct gantt_row *rows; /* in the order in which they came up */
	size_t count, room;
	size_t drawn, bars;
	uint64_t width; /* microseconds; neighbours that are shorter were summed */
	uint64_t undrawn; /* stretches that no row has a bar of */
};

/* All zero is an empty one. */

/*
 * Add a stretch of worker, whose rows are of; slack: so many microseconds may times be
 * off.  0, or -1 with errno.
 */
int gantt_add(struct gantt *gantt, struct gantt_rows *of, size_t worker,
    const struct stretch_of *stretch, uint64_t slack);

void gantt_free(struct gantt *gantt);

#endif
