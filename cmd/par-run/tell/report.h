/* SPDX-License-Identifier: ISC */
/*
 * report - what is told while it runs: --progress, --log, --metrics and --trace.
 */
#ifndef PAR_RUN_REPORT_H
#define PAR_RUN_REPORT_H

#include <stdint.h>

#include "headway.h"
#include "log.h"
#include "metrics.h"
#include "output.h"
#include "record_files.h"
#include "trace.h"

struct report {
	struct log *log;
	struct metrics *metrics;
	struct trace *trace;
	const struct outflow *output;
	const struct intake *intake;
	const struct accounts *accounts;
	const struct tally *tally;
	const struct record_files *files;
	const size_t *waiting; /* bytes of input that wait for their workers */
	struct headway headway;
	uint64_t size; /* of the input, bytes; 0: nobody knows */
	uint64_t base; /* where in it the intake began */
};

/*
 * Begin, as the options say; does not return if a file cannot be opened.  What it is of
 * is set.
 */
void report_open(struct report *report, const struct run_options *options);

/* Once a turn of the loop, when something has happened. */
void report_turn(struct report *report);

/* When it is to be called at the latest, clock_ms(). */
uint64_t report_due(const struct report *report);

/* The table of workers as it is now, and how far it is. */
void report_now(const struct report *report);

/* All is finished, and the parent may hear the last that is told of it. */
void report_end_up(struct report *report);

/* The last state of it all. */
void report_end(struct report *report);

void report_close(struct report *report);

#endif
