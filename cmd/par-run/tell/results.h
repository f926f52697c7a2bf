/* SPDX-License-Identifier: ISC */
/*
 * results - --results: a folder for each process, by the number of its record:
 *
 *	DIR/000/000123/stdout   stderr   status   tries
 *	DIR/index.jsonl         a line of JSON for each of them
 *	DIR/.new/3/             where the process of worker 3 writes while it runs
 *
 * A folder gets its number when all that is to be in it is there.  What cannot be written
 * ends the run.  What a process on a host writes comes over the link; there it is
 * carried.
 */
#ifndef PAR_RUN_RESULTS_H
#define PAR_RUN_RESULTS_H

#include <stdbool.h>

#include "batch.h"
#include "bytes.h"
#include "carry.h"
#include "ending.h"
#include "options.h"
#include "slot.h"
#include "times.h"

struct results {
	const struct run_options *options;
	const struct times *times;
	struct ending *ending;
	bool on;
	struct carry carry; /* this is a host's end of a link: there is no DIR */
	bool ours; /* the lock of DIR */
	bool resumed; /* an earlier run may have left some */
	int folder, fresh, index; /* DIR, DIR/.new and DIR/index.jsonl */
	struct bytes line, plain; /* scratch */
};

/* resumed: an earlier run may have left results there.  The run ends if that cannot be.
 */
void results_open(struct results *results, bool resumed);

/*
 * The host of slot tells what the process of a record wrote: of the last try before it is
 * done, or is not.  False if it cannot be true.
 */
bool results_came(struct results *results, struct slot *slot, const struct ack *ack);

/* Has the host of slot not told that of batch, though it must? */
static inline bool
results_lacks(
    const struct results *results, const struct slot *slot, const struct batch *batch)
{
	return results->on && !carry_has(&slot->files, batch);
}

/* The process of slot begins.  0, or -1 and the run ends. */
int results_begin(struct results *results, struct slot *slot);

/* The process has written this: to standard output, or to standard error, by its files.
 */
void results_out(struct slot *slot, const char *data, size_t len);
void results_err(void *context, const char *data, size_t len);

/*
 * The process has ended, and its records are done, or why says why they are given up;
 * tries: how often they were tried.
 */
void results_end(struct results *results, struct slot *slot, const struct batch *batch,
    unsigned tries, const char *why);

void results_close(struct results *results);

#endif
