/* SPDX-License-Identifier: ISC */
/*
 * run_records - each part that gives out records, or hears what became of them, gets to
 * know those that it stands on.
 */
#ifndef PAR_RUN_RUN_RECORDS_H
#define PAR_RUN_RUN_RECORDS_H

#include "run_parts.h"

void run_wire_records(struct run *run);

#endif
