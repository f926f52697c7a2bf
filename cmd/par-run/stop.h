/* SPDX-License-Identifier: ISC */
/*
 * stop - the end before the end: of the workers, and of the run.
 */
#ifndef PAR_RUN_STOP_H
#define PAR_RUN_STOP_H

#include "run.h"

/* Signal all workers' process groups. */
void stop_signal(struct run *run, int number);

/*
 * Workers are told to end, killed if they do not, and waited for, so that nobody is
 * left.
 */
void stop_workers(struct run *run);

/* Tell why the run cannot go on, see ending.h, and what was left undone. */
enum status stop_say(struct run *run);

#endif
