/* SPDX-License-Identifier: ISC */
/*
 * wrapped - a command that tells nothing of its records, as it is to be written so that
 * par-run tells of them: below one with an option, or with that option for the par-run
 * that is above it already.
 */
#ifndef PAR_WRAPPED_H
#define PAR_WRAPPED_H

#include <stdbool.h>

#include "bytes.h"

/* Is there a par-run among the words, ended by NULL? */
bool wrapped_is(char *const *command);

/*
 * Add to line the words as a shell reads them, no newline behind them: with option, of
 * one word or more, for the last par-run there is among them, or for one before them
 * all.  0, or -1 with errno.
 */
int wrapped_words(struct bytes *line, const char *option, char *const *command);

#endif
