/* SPDX-License-Identifier: ISC */
/*
 * group - what is known of each key, in the order of first sight.
 */
#ifndef PAR_GATHER_GROUP_H
#define PAR_GATHER_GROUP_H

#include "gather.h"
#include "plan.h"

/* Read all records, and then write what plan asks for each key. */
void group_run(struct gather *gather, const struct plan *plan);

#endif
