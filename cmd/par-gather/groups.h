/* SPDX-License-Identifier: ISC */
/*
 * groups - the records of all inputs into groups, and what is known of each key out.
 */
#ifndef PAR_GATHER_GROUPS_H
#define PAR_GATHER_GROUPS_H

#include "gather.h"
#include "gather_plan.h"

/* Read all records, and then write what plan asks for each key. */
void groups_run(struct gather *gather, const struct gather_plan *plan);

#endif
