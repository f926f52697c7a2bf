/* SPDX-License-Identifier: ISC */
/*
 * options - the command line of par-fetch.
 */
#ifndef PAR_FETCH_OPTIONS_H
#define PAR_FETCH_OPTIONS_H

#include "settings.h"

/* Read it into set; ends the program on misuse, --help and --version. */
void options_read(struct settings *set, int argc, char **argv);

/* Free what set has of its own. */
void options_release(struct settings *set);

#endif
