/* SPDX-License-Identifier: ISC */
/*
 * run_close - how a run ends: its status, what is still to be told, and all given back.
 */
#ifndef PAR_RUN_RUN_CLOSE_H
#define PAR_RUN_RUN_CLOSE_H

#include "run_parts.h"
#include "trouble.h"

/* Others see nothing more of it, the run that is context: its control FIFO, jobserver and
 * files of records are gone. */
void run_end_shared(void *context);

/* All is done that will be: what is retained for its turn, and told at last. */
enum status run_end_well(struct run *run);

/* The run could not go on: what was done until then is counted, too, and told before why.
 */
enum status run_end_ill(struct run *run);

/* Give back what all has taken. */
void run_close(struct run *run);

#endif
