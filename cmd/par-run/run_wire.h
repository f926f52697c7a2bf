/* SPDX-License-Identifier: ISC */
/*
 * run_wire - each part of a run gets to know those that it stands on.
 */
#ifndef PAR_RUN_RUN_WIRE_H
#define PAR_RUN_RUN_WIRE_H

#include "run_parts.h"

void run_wire(struct run *run);

#endif
