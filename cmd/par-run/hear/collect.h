/* SPDX-License-Identifier: ISC */
/*
 * collect - what workers say and write, on its way to standard output.
 */
#ifndef PAR_RUN_COLLECT_H
#define PAR_RUN_COLLECT_H

#include <stdbool.h>

#include "acks.h"
#include "block_end.h"
#include "breach.h"
#include "checkpoint.h"
#include "dispatch.h"
#include "ending.h"
#include "gate.h"
#include "ledger.h"
#include "lines.h"
#include "nature.h"
#include "options.h"
#include "output.h"
#include "overdue.h"
#include "plain.h"
#include "pool.h"
#include "restarts.h"
#include "silent.h"
#include "slot.h"
#include "times.h"
#include "trace.h"

struct collect {
	const struct run_options *options;
	const struct times *times;
	const struct gate *gate;
	const struct pool *pool;
	const struct breach *breach;
	const struct block_end *block_end;
	const struct ledger *ledger;
	const struct checkpoint *checkpoint;
	struct outflow *output;
	struct nature *nature;
	struct acks *acks;
	struct plain *plain;
	struct restarts *restarts;
	struct lines *lines;
	struct silent *silent;
	struct overdue *overdue;
	struct trace *trace;
	struct ending *ending;
};

/*
 * Are workers heard?  Not while somebody takes no more who is to know, see ledger.h, or a
 * checkpoint is late.
 */
bool collect_hears(const struct collect *collect);

/* Take what the worker has said, and the output that it has acknowledged. */
void collect_words(struct collect *collect, struct slot *slot);

/*
 * The worker's output can be read: a plain one's whole records are passed on, of another
 * one it is buffered until it is acknowledged.  1 if there was some, 0 if there is
 * none now, -1 at its end.
 */
int collect_output(struct collect *collect, struct slot *slot);

/*
 * Look at a worker that is silent: is it a plain one, or does its output fill
 * the pipe while nothing is acknowledged?
 */
void collect_check(struct collect *collect, struct slot *slot);

/* The worker has ended: take what it left, and drop what counts for nothing. */
void collect_rest(struct collect *collect, struct slot *slot);

/* Once it has been reaped: did it keep the rules of par-stage(7) to its end? */
void collect_end(struct collect *collect, struct slot *slot);

#endif
