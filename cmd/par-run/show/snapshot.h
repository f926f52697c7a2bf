/* SPDX-License-Identifier: ISC */
/*
 * snapshot - the run as it is now, as one JSON object: see par-top(1) for its members.
 * Nothing is kept for it while nobody asks.
 */
#ifndef PAR_RUN_SNAPSHOT_H
#define PAR_RUN_SNAPSHOT_H

#include <stdint.h>

#include "account.h"
#include "bytes.h"
#include "gate.h"
#include "intake.h"
#include "ledger.h"
#include "options.h"
#include "output.h"
#include "pool.h"
#include "times.h"

struct snapshot {
	const struct run_options *options;
	const struct times *times;
	const struct accounts *accounts;
	const struct tally *tally;
	const struct intake *intake;
	const struct ledger *ledger;
	const struct outflow *output;
	const struct pool *pool;
	const struct gate *gate;
	uint64_t began; /* clock_ms() */
};

/* The run begins now. */
void snapshot_begin(struct snapshot *snapshot);

/* Put it in bytes, which is empty, with a newline.  0, or -1 with errno. */
int snapshot_put(const struct snapshot *snapshot, struct bytes *bytes);

#endif
