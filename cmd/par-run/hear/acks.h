/* SPDX-License-Identifier: ISC */
/*
 * acks - acknowledgements: of a record, or of a run of them in one line.  One is checked
 * whole before any of it counts.
 */
#ifndef PAR_RUN_ACKS_H
#define PAR_RUN_ACKS_H

#include "ack.h"
#include "counted.h"
#include "ending.h"
#include "halving.h"
#include "keys.h"
#include "ledger.h"
#include "log.h"
#include "nature.h"
#include "options.h"
#include "output.h"
#include "requeue.h"
#include "results.h"
#include "slot.h"
#include "speculate.h"
#include "supervisor.h"
#include "worker.h"

struct acks {
	const struct run_options *options;
	const struct nature *nature;
	const struct counted *counted;
	const struct supervisor *parent;
	struct outflow *output;
	struct log *log;
	struct keys *keys;
	struct halving *halving;
	struct ledger *ledger;
	struct requeue *requeue;
	struct results *results;
	struct speculate *speculate;
	struct ending *ending;
};

/* Take one; NULL, or what is wrong with it, maybe written to text. */
const char *acks_take(struct acks *acks, struct slot *slot, const struct ack *ack,
    char text[static WORKER_ILL_TEXT]);

/*
 * Take a run.  NULL, or what is wrong, and then *ack is what it is wrong of.  Where only
 * the bytes of all are known they go with the first part, and are lost with it.
 */
const char *acks_take_run(struct acks *acks, struct slot *slot, struct ack *ack,
    char text[static WORKER_ILL_TEXT]);

#endif
