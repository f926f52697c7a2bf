/* SPDX-License-Identifier: ISC */
/*
 * silent - workers that read ahead of what they answer, and say nothing.
 *
 * Many a filter waits until it has a block of input, or of output.  Such a worker is
 * given more when it has read all that it has, up to a limit.  Where no more may come
 * to it its input is ended, so that it must answer; another one is started then.
 */
#ifndef PAR_RUN_SILENT_H
#define PAR_RUN_SILENT_H

#include <stdbool.h>

#include "allowance.h"
#include "choose.h"
#include "gate.h"
#include "options.h"
#include "output.h"
#include "pool.h"
#include "slot.h"
#include "times.h"

struct silent {
	const struct run_options *options;
	const struct times *times;
	const struct gate *gate;
	const struct outflow *output;
	const struct pool *pool;
	const struct allowance *allowance;
	const struct choose *choose;
	bool told; /* that one has its input ended again and again */
};

/* Look at it; true if it may be given more now, and is to be looked at soon. */
bool silent_check(struct silent *silent, struct slot *slot);

/*
 * The worker has not answered for as long as a record may take.  False if a record is to
 * blame; true if it goes on reading, or is only now made to answer: it has as long again.
 */
bool silent_excused(struct silent *silent, struct slot *slot);

#endif
