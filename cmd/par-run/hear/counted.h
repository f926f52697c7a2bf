/* SPDX-License-Identifier: ISC */
/*
 * counted - the output that an acknowledgement counts: is it there, is it records, and is
 * it not too much?
 */
#ifndef PAR_RUN_COUNTED_H
#define PAR_RUN_COUNTED_H

#include <stdbool.h>
#include <stdint.h>

#include "ack.h"
#include "breach.h"
#include "ending.h"
#include "options.h"
#include "output.h"
#include "slot.h"
#include "worker.h"

struct counted {
	const struct run_options *options;
	const struct breach *breach;
	struct outflow *output;
	struct ending *ending;
};

/* Is ack of a record that is done, whose output can be seen to be right, at once? */
static inline bool
counted_at_once(const struct counted *counted, struct slot *slot, uint64_t number,
    const struct ack *ack)
{
	uint64_t before = slot->spout.acked + slot->spout.early.bytes;

	return ack->outcome == OUTCOME_OK && ack->bytes > 0 &&
	    counted->options->max_output == 0 && slot->worker.kind == WORKER_NATIVE &&
	    worker_glance(&slot->worker, before + ack->bytes - 1) == '\n' &&
	    (!counted->output->in_order ||
		output_room(counted->output, &slot->spout, number, (size_t)ack->bytes) ==
		    0);
}

/*
 * Is the output that ack counts, of record number, more than a record may have, or is
 * there no room for it?  Then it comes out nowhere, and *failed stands for ack.  NULL, or
 * what is wrong with it.
 */
const char *
counted_check(const struct counted *counted, struct slot *slot, uint64_t number,
    const struct ack **ack, struct ack *failed, char text[static WORKER_ILL_TEXT]);

/* The next bytes of its output, acknowledged, come out nowhere. */
void counted_skip(const struct counted *counted, struct slot *slot, uint64_t bytes);

#endif
