/* SPDX-License-Identifier: ISC */
/*
 * top_plan - what the command line asks.
 */
#ifndef PAR_TOP_TOP_PLAN_H
#define PAR_TOP_TOP_PLAN_H

#include <stdbool.h>
#include <stdint.h>

struct top_plan {
	bool once, json;
	uint64_t interval; /* ms */
	uint64_t pid; /* of the run that is asked for; 0: all */
};

#endif
