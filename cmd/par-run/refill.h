/* SPDX-License-Identifier: ISC */
/*
 * refill - input is read; what of it is too long for a record is refused.
 */
#ifndef PAR_RUN_REFILL_H
#define PAR_RUN_REFILL_H

#include "ending.h"
#include "intake.h"
#include "ledger.h"
#include "options.h"
#include "pool.h"
#include "shortfall.h"

struct refill {
	const struct run_options *options;
	const struct pool *pool;
	struct intake *intake;
	struct shortfall *shortfall;
	struct ledger *ledger;
	struct ending *ending;
};

/* Read once. */
void refill(struct refill *refill);

#endif
