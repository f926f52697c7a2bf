/* SPDX-License-Identifier: ISC */
/*
 * block_end - a process for one block of records has ended: its exit status says whether
 * they are done.
 */
#ifndef PAR_RUN_BLOCK_END_H
#define PAR_RUN_BLOCK_END_H

#include <stdbool.h>

#include "admission.h"
#include "ending.h"
#include "gate.h"
#include "halving.h"
#include "ledger.h"
#include "lines.h"
#include "notes.h"
#include "options.h"
#include "output.h"
#include "requeue.h"
#include "slot.h"
#include "speculate.h"
#include "starts.h"

struct block_end {
	const struct run_options *options;
	const struct admission *admission;
	const struct gate *gate;
	const struct starts *starts;
	struct requeue *requeue;
	struct speculate *speculate;
	struct ledger *ledger;
	struct outflow *output;
	struct notes *notes;
	struct lines *lines;
	struct halving *halving;
	struct ending *ending;
	bool told; /* of outputs that are no records */
};

/* The process of slot has ended, and its errors; failed, how: in words. */
void block_end(struct block_end *end, struct slot *slot, bool failed, const char *how);

#endif
