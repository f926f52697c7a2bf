/* SPDX-License-Identifier: ISC */
/*
 * metrics - --metrics: what workers do, in the text format of Prometheus, in a file
 * that is replaced as a whole every few seconds.
 */
#ifndef PAR_RUN_METRICS_H
#define PAR_RUN_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes.h"

struct run;

struct metrics {
	const char *path; /* NULL: there are none */
	struct bytes text;
	uint64_t next; /* clock_ms() when it is written again */
	bool failed; /* it could not be, and that was said */
};

/* Begin, if options say so; does not return if the file cannot be written. */
void metrics_open(struct run *run);

/* Write it, if it is time to. */
void metrics_turn(struct run *run);

/* The last time. */
void metrics_end(struct run *run);

void metrics_close(struct metrics *metrics);

#endif
