/* SPDX-License-Identifier: ISC */
/*
 * axis - where the ticks of an axis are, and what stands there: few, and round.
 */
#ifndef PAR_REPORT_AXIS_H
#define PAR_REPORT_AXIS_H

#include <stddef.h>
#include <stdint.h>

enum { AXIS_TICKS = 12, AXIS_TEXT = 24 };

struct axis_tick {
	double at; /* 0 to 1 along the axis */
	char text[AXIS_TEXT];
};

struct axis {
	const char *unit; /* what the numbers are */
	double most; /* the value at its end */
	size_t count;
	struct axis_tick ticks[AXIS_TICKS];
};

/* From 0 to most or a bit more, where the last tick is then. */
void axis_values(struct axis *axis, double most);

/* Time from 0 to micros, which is its end. */
void axis_time(struct axis *axis, uint64_t micros);

/* The least of ... 0.1, 0.2, 0.5, 1, 2, 5, 10 ... that is not below value, which is above
 * 0. */
double axis_round_up(double value);

#endif
