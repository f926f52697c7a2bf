/* SPDX-License-Identifier: ISC */
/*
 * fate - what becomes of a record in the end: done, sent again or given up; and
 * what becomes of the records of a worker that died.
 */
#ifndef PAR_RUN_FATE_H
#define PAR_RUN_FATE_H

#include "run.h"

/* Why a record has failed that its stage says nothing about. */
extern const char fate_unsaid[];

/*
 * Record number is done, and the next bytes of its worker's output are its own;
 * they are moved now or, in a batch, by output_settle().  So many more are done with
 * it, and the supervisor above is told with the last of them.
 */
void fate_done(
    struct run *run, struct slot *slot, uint64_t number, size_t bytes, uint64_t more);

/* No more will come with those that are done and not told of. */
void fate_told(struct run *run, struct slot *slot);

/* The stage failed the record of batch, one record, for good.  Takes the batch. */
void fate_failed(struct run *run, struct slot *slot, struct batch *batch, size_t bytes,
    const char *why, size_t why_len);

/* The stage could not do the record of batch for now.  Takes the batch. */
void fate_retry(struct run *run, struct slot *slot, struct batch *batch, const char *why,
    size_t why_len);

/* A record that no worker gets at all; cut: only how it begins is known. */
void
fate_refused(struct run *run, const struct record *record, bool cut, const char *why);

/*
 * The worker of slot has ended, and all that it had said was heard.  Its records
 * go back, or are counted as of unknown fate.
 */
void fate_of_worker(struct run *run, struct slot *slot);

/* Has it ended saying that it can never work? */
bool fate_is_permanent(const struct run *run, const struct worker *worker);

#endif
