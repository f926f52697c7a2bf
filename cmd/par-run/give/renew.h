/* SPDX-License-Identifier: ISC */
/*
 * renew - workers that have had enough are let go, and others started in their place:
 * see renewal.h.
 */
#ifndef PAR_RUN_RENEW_H
#define PAR_RUN_RENEW_H

#include <stdint.h>

#include "allowance.h"
#include "options.h"
#include "pool.h"
#include "times.h"

struct renew {
	const struct run_options *options;
	const struct times *times;
	const struct allowance *allowance;
	struct pool *pool;
};

/*
 * Workers that have had their records or bytes get no more, as at the end of the input;
 * those that are old go one after the other.  None does before it was given anything, so
 * that each is of some use.
 */
void renew_turn(struct renew *renew);

/* When one will be old, clock_ms(); UINT64_MAX: none will. */
uint64_t renew_due(const struct renew *renew);

#endif
