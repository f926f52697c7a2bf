/* SPDX-License-Identifier: ISC */
/*
 * fate - records that are to be sent again, or given up at last; and what becomes of
 * those of a worker that died.
 */
#ifndef PAR_RUN_FATE_H
#define PAR_RUN_FATE_H

#include "run.h"

/* The stage could not do the record of batch for now.  Takes the batch. */
void fate_retry(struct run *run, struct slot *slot, struct batch *batch, const char *why,
    size_t why_len);

/*
 * The worker of slot has ended, and all that it had said was heard.  Its records
 * go back, or are counted as of unknown fate.  PLACE_GONE, or PLACE_GONE_EARLY.
 */
enum place_event fate_of_worker(struct run *run, struct slot *slot);

/* Has it ended saying that it can never work? */
bool fate_is_permanent(const struct run *run, const struct worker *worker);

#endif
