/* SPDX-License-Identifier: ISC */
/*
 * merge - sorted inputs to one sorted output.
 */
#ifndef PAR_GATHER_MERGE_H
#define PAR_GATHER_MERGE_H

#include "gather.h"
#include "gather_plan.h"

/*
 * Merge all inputs, which are sorted as sorted.h says; one that is not is named.  Where
 * there are more regular files than can be open at a time, some are merged to temporary
 * ones before.
 */
void merge_run(struct gather *gather, const struct gather_plan *plan);

#endif
