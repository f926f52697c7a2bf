/* SPDX-License-Identifier: ISC */
/*
 * merge - sorted inputs to one sorted output.
 */
#ifndef PAR_GATHER_MERGE_H
#define PAR_GATHER_MERGE_H

#include "gather.h"
#include "gather_plan.h"

/*
 * Merge all inputs, which are sorted as sort(1) does in the C locale with TAB for
 * its separator: by plan->key, and where that is equal by the whole record.
 */
void merge_run(struct gather *gather, const struct gather_plan *plan);

#endif
