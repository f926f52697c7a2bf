/* SPDX-License-Identifier: ISC */
/*
 * report - what is told while it runs: --progress, --log and --metrics.
 */
#ifndef PAR_RUN_REPORT_H
#define PAR_RUN_REPORT_H

#include <stdint.h>

#include "ticker.h"

struct run;

struct report {
	struct ticker ticker;
	uint64_t size; /* of the input, bytes; 0: nobody knows */
	uint64_t base; /* where in it the intake began */
};

/* Begin; does not return if a file cannot be opened. */
void report_open(struct run *run);

/* Once a turn of the loop, when something has happened. */
void report_turn(struct run *run);

/* When it is to be called at the latest, clock_ms(). */
uint64_t report_due(const struct run *run);

/* The last state of it all. */
void report_end(struct run *run);

void report_close(struct run *run);

#endif
