/* SPDX-License-Identifier: ISC */
/*
 * dispatch - records to workers, on demand: a native one gets as many as it has
 * credit for, a plain one what it reads at once; both get more the faster they are.
 */
#ifndef PAR_RUN_DISPATCH_H
#define PAR_RUN_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "blocks.h"
#include "busy.h"
#include "choose.h"
#include "ending.h"
#include "gate.h"
#include "keys.h"
#include "nature.h"
#include "pool.h"
#include "shortfall.h"
#include "slot.h"
#include "speculate.h"
#include "starts.h"
#include "supply.h"
#include "times.h"
#include "wants.h"

struct dispatch {
	const struct run_options *options;
	const struct times *times;
	const struct intake *intake;
	const struct gate *gate;
	const struct nature *nature;
	const struct wants *wants;
	struct pool *pool;
	struct keys *keys;
	struct supply *supply;
	struct speculate *speculate;
	struct blocks *blocks;
	struct choose *choose;
	struct starts *starts;
	struct shortfall *shortfall;
	struct busy *busy;
	struct ending *ending;
	size_t cursor; /* the slot that is offered records first */
};

/* Give out what is ready.  True if a worker would take more, were there any. */
bool dispatch_turn(struct dispatch *dispatch);

/* The worker can be written to. */
void dispatch_writable(const struct dispatch *dispatch, struct slot *slot);

#endif
