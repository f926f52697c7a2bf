/* SPDX-License-Identifier: ISC */
/*
 * shortfall - more input is waited for, to go with records that are there or with a
 * worker.  If that lasts, the parent supervisor is told of it: it may wait for us.
 */
#ifndef PAR_RUN_SHORTFALL_H
#define PAR_RUN_SHORTFALL_H

#include <stdbool.h>
#include <stdint.h>

#include "intake.h"
#include "nature.h"
#include "options.h"
#include "supervisor.h"
#include "times.h"

struct shortfall {
	const struct run_options *options;
	const struct times *times;
	const struct intake *intake;
	struct nature *nature;
	uint64_t since; /* clock_ms() from when records wait for more; 0: none do */
	bool told; /* to the parent supervisor */
};

/* Is it so now? */
static inline void
shortfall_note(struct shortfall *shortfall, bool waits)
{
	if (!waits)
		shortfall->since = 0;
	else if (shortfall->since == 0)
		shortfall->since = shortfall->times->now;
}

/* Input has come. */
static inline void
shortfall_over(struct shortfall *shortfall)
{
	shortfall->since = 0;
	shortfall->told = false;
}

/* When it is to be told of, clock_ms(); UINT64_MAX: it need not be. */
uint64_t shortfall_due(const struct shortfall *shortfall);

/* Tell of it, if it is time to. */
void shortfall_report(struct shortfall *shortfall);

#endif
