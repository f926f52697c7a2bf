/* SPDX-License-Identifier: ISC */
/*
 * resume - a run that was killed goes on: does what was saved fit the command, the
 * input and the output?  Then all is put back to where it was.
 */
#ifndef PAR_RUN_RESUME_H
#define PAR_RUN_RESUME_H

#include <stdbool.h>

#include "ending.h"

struct run;
struct saved;

/* What the command and the input are, to be compared; refuses what cannot be resumed. */
void resume_describe(struct run *run, struct saved *saved);

/*
 * Open the state, and go on from there if there is one; false if there is none, or
 * one in which nothing was done yet.  Does not return if it does not fit.
 */
bool resume(struct run *run);

/* Another process has the state, path, open: the run ends. */
void resume_busy(struct ending *ending, const char *path);

#endif
