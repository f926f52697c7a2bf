/* SPDX-License-Identifier: ISC */
/*
 * known - the first worker has shown what the command is: do the options fit that, and
 * what is the supervisor above told?
 */
#ifndef PAR_RUN_KNOWN_H
#define PAR_RUN_KNOWN_H

#include "run.h"

/* Say above that we are there, if what our workers are is not known yet. */
void known_not_yet(struct run *run);

/* It is of that kind; hello if it is native. */
void known_as(struct run *run, enum worker_kind kind, const struct hello *hello);

/* Tell the supervisor above this of us. */
void known_above(struct run *run, const struct hello *hello);

#endif
