/* SPDX-License-Identifier: ISC */
/*
 * chart - pieces of a page that are as wide as it is: the plot is SVG that is stretched,
 * and the numbers beside and below it are text, so that they stay legible.
 *
 *	<figure class=chart> title, unit
 *	  <div class=y> ... <svg class=plot> ... <div class=x>
 */
#ifndef PAR_REPORT_CHART_H
#define PAR_REPORT_CHART_H

#include <stdbool.h>

#include "axis.h"
#include "bytes.h"

enum {
	CHART_WIDE = 4000, /* units of the SVG */
	CHART_HIGH = 1000
};

/* Title and what is counted, up to the SVG, which is height pixels high; time: it is
 * zoomed with the workers. */
void chart_begin(struct bytes *to, const char *title, const char *unit, unsigned height,
    const struct axis *y, bool time);

/* The SVG is whole; what is laid over it may follow. */
void chart_plotted(struct bytes *to);

/* Put numbers below, and what they are. */
void chart_end(struct bytes *to, const struct axis *x, const char *unit, bool time);

/* The labels of an axis that lies. */
void chart_ticks(struct bytes *to, const struct axis *x, bool time);

#endif
