/* SPDX-License-Identifier: ISC */
/*
 * metrics - --metrics: what workers do, as OpenMetrics text, in a file that
 * is replaced as a whole every few seconds.
 */
#ifndef PAR_RUN_METRICS_H
#define PAR_RUN_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "account.h"
#include "bytes.h"
#include "intake.h"
#include "record_files.h"
#include "times.h"

struct metrics {
	const struct accounts *accounts;
	const struct tally *tally;
	const struct intake *intake;
	const struct record_files *files;
	uint64_t size; /* of the input, bytes; 0: nobody knows */
	const struct times *times;
	const char *path; /* NULL: there are none */
	struct bytes text;
	uint64_t next; /* clock_ms() when it is written again */
	bool failed; /* it could not be, and that was said */
};

/*
 * Begin, at path, if that is not NULL; does not return if the file cannot be written.
 * What they are of is set.
 */
void metrics_open(struct metrics *metrics, const char *path);

/* Write it, if it is time to. */
void metrics_turn(struct metrics *metrics);

/* The last time. */
void metrics_end(struct metrics *metrics);

void metrics_close(struct metrics *metrics);

#endif
