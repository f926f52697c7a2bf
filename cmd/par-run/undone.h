/* SPDX-License-Identifier: ISC */
/*
 * undone - what was read and not delivered, for the last word of a run that ends
 * before its input does.
 */
#ifndef PAR_RUN_UNDONE_H
#define PAR_RUN_UNDONE_H

#include "run.h"

/* Say what it is; false, and not a word, if there is nothing. */
bool undone_say(const struct run *run);

#endif
