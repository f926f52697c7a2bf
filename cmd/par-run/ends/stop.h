/* SPDX-License-Identifier: ISC */
/*
 * stop - the end before the end: of the workers, and of the run.
 */
#ifndef PAR_RUN_STOP_H
#define PAR_RUN_STOP_H

#include <stdint.h>

#include "diag.h"
#include "ending.h"
#include "gate.h"
#include "intake.h"
#include "kin.h"
#include "ledger.h"
#include "options.h"
#include "pool.h"
#include "stop_on.h"
#include "supervisor.h"
#include "times.h"
#include "undone.h"

struct stop {
	const struct run_options *options;
	const struct times *times;
	const struct intake *intake;
	const struct supervisor *parent;
	const struct undone *undone;
	const struct ending *ending;
	struct pool *pool;
	struct gate *gate;
	struct ledger *ledger;
	struct kin kin; /* of workers that were signalled together */
	uint64_t kill_at; /* clock_ms() when workers told to end are killed */
	struct tally
	    before; /* what an earlier run has counted, which this one goes on from
		     */
	enum stop_on_limit met; /* of --stop-on */
	bool delivers; /* workers were ended by that, and what is done still comes out */
};

/* From here on records are counted for --stop-on. */
void stop_begin(struct stop *stop);

/* A signal: one step further.  No more input; workers are told to end; they are killed.
 */
void stop_signalled(struct stop *stop);

/* Is it over, but for workers that have not ended, without our reader? */
static inline bool
stop_is_over(const struct stop *stop)
{
	return stop->gate->phase >= PHASE_STOP && !stop->delivers;
}

/* Go on with that, if it is time to, or begin it at a limit of --stop-on. */
void stop_turn(struct stop *stop);

/* When it will be, clock_ms(); UINT64_MAX: it need not. */
uint64_t stop_due(const struct stop *stop);

/* End what those that were told to end left behind. */
void stop_rest(struct stop *stop);

/*
 * Workers are told to end, killed if they do not, and waited for, so that nobody is
 * left; signals: where those to us come.
 */
void stop_workers(struct stop *stop, int signals);

/* Tell why the run cannot go on, see ending.h, and what was left undone. */
enum status stop_say(struct stop *stop);

void stop_close(struct stop *stop);

#endif
