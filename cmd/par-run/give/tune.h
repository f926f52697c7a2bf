/* SPDX-License-Identifier: ISC */
/*
 * tune - as many workers as get most done: more or fewer are tried, turn after turn.
 */
#ifndef PAR_RUN_TUNE_H
#define PAR_RUN_TUNE_H

#include "account.h"
#include "climb.h"
#include "ending.h"
#include "options.h"
#include "pool.h"
#include "times.h"

struct tune {
	const struct run_options *options;
	const struct times *times;
	const struct tally *tally;
	struct pool *pool;
	struct ending *ending;
	struct climb climb;
	bool on; /* it has begun */
};

void tune_turn(struct tune *tune);

#endif
