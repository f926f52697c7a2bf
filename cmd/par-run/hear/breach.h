/* SPDX-License-Identifier: ISC */
/*
 * breach - a worker that breaks a rule, or whose output cannot be taken, is ended.
 */
#ifndef PAR_RUN_BREACH_H
#define PAR_RUN_BREACH_H

#include "ack.h"
#include "gate.h"
#include "options.h"
#include "output.h"
#include "slot.h"
#include "worker.h"

struct breach {
	const struct run_options *options;
	struct outflow *output;
	struct gate *gate;
};

/* The worker breaks the protocol: nothing that it says can be relied on. */
void breach_distrust(struct slot *slot, const char *what);

/*
 * The stage breaks the rules, by ack or, if that is NULL, at its end; any copy of it
 * would.  What it was right about goes out, and the run ends.
 */
void breach_refuse(const struct breach *breach, struct slot *slot, const struct ack *ack,
    const char *what);

/*
 * The output of the worker cannot be taken: by errno there is no room for it, or, by 0,
 * there is too much of it.  It is ended, and the record is to blame.
 */
void breach_burst(const struct breach *breach, struct slot *slot, int error);

/* In words: an output is longer than it may be. */
void breach_too_much(const struct breach *breach, char text[static WORKER_ILL_TEXT]);

#endif
