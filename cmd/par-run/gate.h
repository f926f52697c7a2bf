/* SPDX-License-Identifier: ISC */
/*
 * gate - may new input be given out, now or ever?
 */
#ifndef PAR_RUN_GATE_H
#define PAR_RUN_GATE_H

#include "run.h"

/* May it be, rather than what is to be sent again? */
bool gate_open(const struct run *run);

/* Is there input that no worker has yet, now or later? */
bool gate_has_input(const struct run *run);

/*
 * It can do no good any more, for the reason given: workers finish what they have, and
 * nothing else is done.
 */
void gate_give_in(struct run *run, const char *why);

#endif
