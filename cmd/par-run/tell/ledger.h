/* SPDX-License-Identifier: ISC */
/*
 * ledger - what became of each record: done, or given up.  It counts them, and sees to
 * it that whoever has to know is told once: the output or its order, the log, the
 * quarantine, the parent supervisor.
 */
#ifndef PAR_RUN_LEDGER_H
#define PAR_RUN_LEDGER_H

#include "account.h"
#include "ending.h"
#include "log.h"
#include "output.h"
#include "quarantine.h"
#include "restarts.h"
#include "slot.h"
#include "supervisor.h"

struct ledger {
	const struct run_options *options;
	struct tally *tally; /* it alone writes there, but for resume() */
	struct restarts *restarts;
	struct outflow *output;
	struct log *log;
	struct quarantine *quarantine;
	struct supervisor *parent;
	struct ending *ending;
};

/* A process has exited with status 1, and that is not said to be fine. */
static inline void
ledger_one(struct ledger *ledger)
{
	ledger->tally->ones = true;
}

/* Do records have a place each in what comes out, here or at the parent? */
static inline bool
ledger_has_places(const struct ledger *ledger)
{
	return ledger->output->in_order || ledger->parent->fd >= 0;
}

/* Does it matter which records one output is of?  Then they follow each other. */
static inline bool
ledger_in_order(const struct ledger *ledger)
{
	return ledger_has_places(ledger) || ledger->options->checkpoint != NULL;
}

/* How neighbours may be told of here: with the bytes of each where they matter. */
static inline enum runs
ledger_takes(const struct ledger *ledger)
{
	if (ledger->options->speculate != 0) /* some may be taken out of a run */
		return RUNS_NONE;
	return ledger_has_places(ledger) || ledger->log->on ||
		ledger->options->max_output != 0
	    ? RUNS_COUNTED
	    : RUNS_SUMMED;
}

/*
 * Record number is done, and the next bytes of its worker's output are its own;
 * they are moved now or, in a batch, by output_flush().  So many more are done with
 * it, and the parent supervisor is told with the last of them.
 */
void ledger_done(struct ledger *ledger, struct slot *slot, uint64_t number, size_t bytes,
    uint64_t more);

/*
 * Each of the neighbours from record number on that part is of is done by itself, and
 * the next bytes are theirs; or any records in flight, where they have no places.
 */
void ledger_run(
    struct ledger *ledger, struct slot *slot, uint64_t number, const struct ack *part);

/* The records of batch are done as one, with the next bytes of output. */
void ledger_block(
    struct ledger *ledger, struct slot *slot, const struct batch *batch, size_t bytes);

/* The stage failed the record of batch, one record, for good.  Takes the batch. */
void ledger_failed(struct ledger *ledger, struct slot *slot, struct batch *batch,
    size_t bytes, const char *why, size_t why_len);

/* The record of batch, one record, will not be done, and has no output.  The same. */
void ledger_give_up(
    struct ledger *ledger, struct slot *slot, struct batch *batch, const char *why);

/* A record that no worker gets at all; cut: only how it begins is known. */
void ledger_refused(
    struct ledger *ledger, const struct record *record, bool cut, const char *why);

/* So many records were with plain workers that we have ended: nobody knows of them. */
static inline void
ledger_unknown(struct ledger *ledger, uint64_t records)
{
	ledger->tally->unknown += records;
}

/* Something has failed that is no record of ours, and was told. */
static inline void
ledger_trouble(struct ledger *ledger)
{
	ledger->tally->trouble = true;
}

/* Send the parent supervisor what it was not told of yet. */
void ledger_flush(struct ledger *ledger);

/*
 * Does somebody who has to know take no more now?  Then what workers say has to wait, and
 * all but that goes on.
 */
bool ledger_stuck(const struct ledger *ledger);

/* When they are to be asked again, though none of them says anything, ms from now. */
uint64_t ledger_due(const struct ledger *ledger);

/* The log and the quarantine may take more. */
void ledger_go(struct ledger *ledger);

#endif
