/* SPDX-License-Identifier: ISC */
/*
 * collect - the records of all inputs, passed on as they are, or into groups.
 */
#ifndef PAR_GATHER_COLLECT_H
#define PAR_GATHER_COLLECT_H

#include "gather.h"
#include "plan.h"

void collect_all(struct gather *gather);

/* Read all records, and then write what plan asks for each key. */
void collect_groups(struct gather *gather, const struct plan *plan);

#endif
