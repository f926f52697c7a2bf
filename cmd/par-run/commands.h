/* SPDX-License-Identifier: ISC */
/*
 * commands - what lines of the control FIFO ask for.
 */
#ifndef PAR_RUN_COMMANDS_H
#define PAR_RUN_COMMANDS_H

#include "gate.h"
#include "hosts.h"
#include "nature.h"
#include "options.h"
#include "pool.h"
#include "report.h"

struct commands {
	const struct run_options *options;
	const struct report *report;
	const struct nature *nature;
	struct gate *gate;
	struct pool *pool;
	struct paced *paced;
	struct hosts *hosts;
};

/* Do what a line says, or tell why not; context is a struct commands.  For
 * control_open(). */
void commands_obey(void *context, char *line, size_t len);

#endif
