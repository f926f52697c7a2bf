/* SPDX-License-Identifier: ISC */
/*
 * spread - which output a record goes to.
 */
#ifndef PAR_SPLIT_SPREAD_H
#define PAR_SPLIT_SPREAD_H

#include "split.h"

/* Give away as much of run as outputs can take now, and shorten it by that. */
void spread(struct split *split, struct run *run);

#endif
