/* SPDX-License-Identifier: ISC */
/*
 * ledger - what became of each record: done, or given up.  It counts them, and sees to
 * it that whoever has to know is told once: the output or its order, the log, the
 * quarantine, the supervisor above.
 */
#ifndef PAR_RUN_LEDGER_H
#define PAR_RUN_LEDGER_H

#include "run.h"

/* Why a record has failed that its stage says nothing about. */
extern const char ledger_unsaid[];

/*
 * Record number is done, and the next bytes of its worker's output are its own;
 * they are moved now or, in a batch, by output_settle().  So many more are done with
 * it, and the supervisor above is told with the last of them.
 */
void ledger_done(
    struct run *run, struct slot *slot, uint64_t number, size_t bytes, uint64_t more);

/*
 * Each of the neighbours from record number on that part is of is done by itself, and
 * the next bytes are theirs; or any records in flight, where they have no places.
 */
void
ledger_run(struct run *run, struct slot *slot, uint64_t number, const struct ack *part);

/* No more will come with those that are done and not told of. */
void ledger_told(struct run *run, struct slot *slot);

/* The records of batch are done as one, with the next bytes of output. */
void
ledger_block(struct run *run, struct slot *slot, const struct batch *batch, size_t bytes);

/* The stage failed the record of batch, one record, for good.  Takes the batch. */
void ledger_failed(struct run *run, struct slot *slot, struct batch *batch, size_t bytes,
    const char *why, size_t why_len);

/* The record of batch, one record, will not be done, and has no output.  The same. */
void
ledger_give_up(struct run *run, struct slot *slot, struct batch *batch, const char *why);

/* A record that no worker gets at all; cut: only how it begins is known. */
void
ledger_refused(struct run *run, const struct record *record, bool cut, const char *why);

/* Send the supervisor above what it was not told of yet. */
void ledger_flush(struct run *run);

#endif
