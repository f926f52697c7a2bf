/* SPDX-License-Identifier: ISC */
/*
 * series - the numbers of queues, as `par-queue stat --json` told them from time to time:
 * few enough points to be drawn, whatever their number.
 */
#ifndef PAR_REPORT_SERIES_H
#define PAR_REPORT_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum series_number {
	SERIES_WAITING,
	SERIES_DELAYED,
	SERIES_RUNNING,
	SERIES_RESULTS,
	SERIES_ACCEPTED, /* this one and the next only grow, unless a queue begins anew */
	SERIES_DONE,
	SERIES_DEAD,
	SERIES_NUMBERS
};

enum {
	SERIES_POINTS = 2000, /* of a queue, at most */
	SERIES_QUEUES = 1000
};

struct series_point {
	uint64_t time; /* microseconds since 1970 */
	uint64_t number[SERIES_NUMBERS];
};

struct series_queue {
	char *name;
	struct series_point *points;
	size_t count, room;
	uint64_t apart; /* points are so far from the last but one, microseconds */
	uint64_t lines; /* that were read */
	uint64_t most[SERIES_NUMBERS]; /* of all lines */
};

struct series {
	struct series_queue *queues;
	size_t count, room;
};

/* Is it a line of stat --json? */
bool series_is(const char *data, size_t len);

/* Take one.  NULL, or why it is none.  Ends the program where there is no memory. */
const char *series_line(struct series *series, const char *data, size_t len);

/*
 * How many a second were done from point i to the next; 0 where the number was less then.
 */
double series_rate(const struct series_queue *queue, size_t i);

/* The most of that. */
double series_most_rate(const struct series_queue *queue);

/* From the first to the last point, microseconds. */
uint64_t series_took(const struct series_queue *queue);

void series_free(struct series *series);

#endif
