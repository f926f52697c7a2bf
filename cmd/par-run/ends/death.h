/* SPDX-License-Identifier: ISC */
/*
 * death - a worker has ended: what becomes of the records that it had.
 */
#ifndef PAR_RUN_DEATH_H
#define PAR_RUN_DEATH_H

#include "block_end.h"
#include "ending.h"
#include "gate.h"
#include "hosts.h"
#include "ledger.h"
#include "nature.h"
#include "options.h"
#include "requeue.h"
#include "restarts.h"
#include "slot.h"
#include "speculate.h"
#include "starts.h"
#include "times.h"

struct death {
	const struct run_options *options;
	const struct times *times;
	const struct gate *gate;
	const struct nature *nature;
	struct starts *starts;
	struct requeue *requeue;
	struct speculate *speculate;
	struct ledger *ledger;
	struct restarts *restarts;
	struct hosts *hosts;
	struct block_end *block_end;
	struct ending *ending;
};

/*
 * The worker of slot has ended, and all that it had said was heard.  Its records
 * go back, or are counted as of unknown outcome.  PLACE_GONE, or PLACE_GONE_EARLY.
 */
enum place_event death_outcome(struct death *death, struct slot *slot);

#endif
