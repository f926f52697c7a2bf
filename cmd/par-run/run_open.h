/* SPDX-License-Identifier: ISC */
/*
 * run_open - the parts of a run are opened; what goes wrong ends the program.
 */
#ifndef PAR_RUN_RUN_OPEN_H
#define PAR_RUN_RUN_OPEN_H

#include "run_parts.h"

/* The parent supervisor, the input and the output. */
void run_open_ends(struct run *run);

/* All else, up to the first workers. */
void run_open(struct run *run);

#endif
