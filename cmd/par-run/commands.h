/* SPDX-License-Identifier: ISC */
/*
 * commands - what lines of the control FIFO ask for.
 */
#ifndef PAR_RUN_COMMANDS_H
#define PAR_RUN_COMMANDS_H

#include "run.h"

/* Do what a line says, or tell why not; context is a struct run.  For control_open(). */
void commands_obey(void *context, char *line, size_t len);

#endif
