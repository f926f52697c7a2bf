/* SPDX-License-Identifier: ISC */
/*
 * admit - what the system has to do, and what memory workers have, is looked at, as far
 * as --admit asks for it; where all have too much the largest is killed.
 */
#ifndef PAR_RUN_ADMIT_H
#define PAR_RUN_ADMIT_H

#include "ending.h"
#include "pool.h"
#include "speculate.h"
#include "supply.h"
#include "times.h"

struct admit {
	const struct times *times;
	const struct supply *supply;
	const struct speculate *speculate;
	struct pool *pool;
	struct ending *ending;
	uint64_t look_at; /* clock_ms() of the next look */
};

/* The run ends if the system does not tell what is to be looked at. */
void admit_open(const struct admit *admit);

/* Look, if it is time to. */
void admit_turn(struct admit *admit);

/* When it will be, or another may be started, clock_ms(); UINT64_MAX: it need not. */
uint64_t admit_due(const struct admit *admit);

#endif
