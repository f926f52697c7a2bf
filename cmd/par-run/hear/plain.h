/* SPDX-License-Identifier: ISC */
/*
 * plain - the output of plain workers: whole records are passed on as they come.
 */
#ifndef PAR_RUN_PLAIN_H
#define PAR_RUN_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "ending.h"
#include "ledger.h"
#include "options.h"
#include "output.h"
#include "restarts.h"
#include "slot.h"

struct plain {
	const struct run_options *options;
	struct outflow *output;
	struct restarts *restarts;
	struct ledger *ledger;
	struct ending *ending;
	bool told; /* that the output is no lines */
};

/* Pass on the whole records that it has written; from: in its buffer, what is new. */
void plain_pass(struct plain *plain, struct slot *slot, size_t from);

/* The worker ended well: what it wrote after its last newline is a record too. */
void plain_last(struct plain *plain, struct slot *slot);

#endif
