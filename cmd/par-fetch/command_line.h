/* SPDX-License-Identifier: ISC */
/*
 * command_line - the command line of par-fetch.
 */
#ifndef PAR_FETCH_COMMAND_LINE_H
#define PAR_FETCH_COMMAND_LINE_H

#include "settings.h"

/* Read it into set; ends the program on misuse, --help and --version. */
void command_line_read(struct settings *set, int argc, char **argv);

/* Free what set has of its own. */
void command_line_release(struct settings *set);

#endif
