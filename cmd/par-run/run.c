/* SPDX-License-Identifier: ISC */
#include "run.h"

void
run_give_in(struct run *run, const char *why)
{
	warn("%s: %s", run->options->command[0], why);
	run->given_in = true;
	if (run->phase == PHASE_RUN)
		run->phase = PHASE_DRAIN;
}
