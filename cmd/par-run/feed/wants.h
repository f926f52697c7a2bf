/* SPDX-License-Identifier: ISC */
/*
 * wants - would a worker take records now?
 */
#ifndef PAR_RUN_WANTS_H
#define PAR_RUN_WANTS_H

#include <stdbool.h>

#include "allowance.h"
#include "nature.h"
#include "pool.h"
#include "slot.h"

struct wants {
	const struct pool *pool;
	const struct nature *nature;
	const struct allowance *allowance;
};

/* Would it take a record? */
bool wants_some(const struct wants *wants, const struct slot *slot);

/*
 * How many records it does together, as it or another one has said, see
 * allowance_unit().
 */
uint64_t wants_unit(const struct wants *wants, const struct slot *slot);

#endif
