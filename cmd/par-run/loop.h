/* SPDX-License-Identifier: ISC */
/*
 * loop - waits for what happens, and sees to it, until all is done.
 */
#ifndef PAR_RUN_LOOP_H
#define PAR_RUN_LOOP_H

#include "run.h"

/* Do it all; the exit status. */
enum status loop_run(const struct run_options *options);

#endif
