/* SPDX-License-Identifier: ISC */
/*
 * overdue - how long a worker may take, with --timeout: for a record, to start, to end.
 */
#ifndef PAR_RUN_OVERDUE_H
#define PAR_RUN_OVERDUE_H

#include <stdint.h>

#include "gate.h"
#include "nature.h"
#include "options.h"
#include "silent.h"
#include "slot.h"
#include "supply.h"
#include "times.h"

struct overdue {
	const struct run_options *options;
	const struct times *times;
	const struct nature *nature;
	const struct supply *supply;
	struct gate *gate;
	struct silent *silent;
	uint64_t slowest_start; /* ms from a start to the hello, the longest so far */
};

/* When the worker of slot has taken too long, clock_ms(); UINT64_MAX if it cannot. */
uint64_t overdue_at(const struct overdue *overdue, const struct slot *slot);

/* Since when the oldest record of a worker that has some is worked on, times_work(). */
uint64_t overdue_begun_at(const struct slot *slot);

/* If it has, it is told to end, and then killed. */
void overdue_check(struct overdue *overdue, struct slot *slot);

/* The worker has said hello: how long that took is how long others may take, about. */
void overdue_hello(struct overdue *overdue, struct slot *slot);

#endif
