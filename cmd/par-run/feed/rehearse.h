/* SPDX-License-Identifier: ISC */
/*
 * rehearse - --dry-run: the commands that would be run, on standard output, and none is.
 */
#ifndef PAR_RUN_REHEARSE_H
#define PAR_RUN_REHEARSE_H

#include "arguments.h"
#include "blocks.h"
#include "ending.h"
#include "intake.h"
#include "options.h"
#include "trouble.h"

struct rehearse {
	const struct run_options *options;
	struct arguments *arguments;
	struct blocks *blocks;
	struct intake *intake;
	struct ending *ending;
};

/* Show all of them; STATUS_FAILED if a record cannot be words, which is named. */
enum status rehearse_all(const struct rehearse *rehearse);

#endif
