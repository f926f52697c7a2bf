/* SPDX-License-Identifier: ISC */
/*
 * report_plan - what the command line of par-report asks.
 */
#ifndef PAR_REPORT_REPORT_PLAN_H
#define PAR_REPORT_REPORT_PLAN_H

#include <stdbool.h>
#include <stdint.h>

enum report_form {
	REPORT_HTML, /* a page */
	REPORT_SVG, /* the picture of workers alone */
	REPORT_TEXT /* for a terminal */
};

struct report_plan {
	enum report_form form;
	const char *output; /* NULL: standard output */
	const char *title; /* NULL: names of the files */
	uint64_t slowest, failures; /* how many records are shown of each */
	uint64_t max_record; /* bytes */
	uint64_t wait_ms; /* for the writer of a FIFO; 0: for ever */
};

#endif
