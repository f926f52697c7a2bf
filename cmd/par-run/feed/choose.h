/* SPDX-License-Identifier: ISC */
/*
 * choose - which records a worker gets next: those that are sent again, or new ones, by
 * the policy that the options ask for.
 */
#ifndef PAR_RUN_CHOOSE_H
#define PAR_RUN_CHOOSE_H

#include <stdbool.h>

#include "allowance.h"
#include "batch.h"
#include "blocks.h"
#include "demand.h"
#include "ending.h"
#include "gate.h"
#include "intake.h"
#include "keys.h"
#include "nature.h"
#include "options.h"
#include "polite.h"
#include "slot.h"
#include "speculate.h"
#include "supply.h"
#include "times.h"

struct choose {
	const struct run_options *options;
	const struct times *times;
	const struct intake *intake;
	const struct gate *gate;
	const struct nature *nature;
	const struct allowance *allowance;
	struct keys *keys; /* the policies */
	struct blocks *blocks;
	struct demand *demand;
	struct polite *polite;
	struct supply *supply;
	struct speculate *speculate;
	struct ending *ending;
	const struct slot *reserved; /* kept free for a suspect; or NULL */
};

/*
 * The next batch for slot, in *batch: 1, or 0 if there is none for it now, or -1 and the
 * run ends: there is no memory, or the input is not what it should be.
 */
int choose_next(struct choose *choose, struct slot *slot, struct batch **batch);

/* Is it kept free? */
static inline bool
choose_reserves(const struct choose *choose, const struct slot *slot)
{
	return choose->reserved == slot;
}

/*
 * Is what it would get next for a worker that has nothing else?  Then it gets nothing
 * before it is done with what it has.
 */
bool choose_bars(const struct choose *choose, struct slot *slot);

#endif
