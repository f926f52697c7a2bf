/* SPDX-License-Identifier: ISC */
/*
 * resume - a run that was killed goes on: does what was saved fit the command, the
 * input and the output?  Then all is put back to where it was.
 */
#ifndef PAR_RUN_RESUME_H
#define PAR_RUN_RESUME_H

#include <stdbool.h>

#include "account.h"
#include "arguments.h"
#include "batch.h"
#include "ending.h"
#include "facts.h"
#include "hash.h"
#include "header.h"
#include "intake.h"
#include "options.h"
#include "output.h"
#include "quarantine.h"
#include "saved.h"
#include "spooled.h"
#include "state.h"
#include "supervisor.h"

struct resume {
	const struct run_options *options;
	struct intake *intake;
	const struct header *header;
	const struct arguments *arguments;
	struct record_facts *facts;
	struct outflow *output;
	struct quarantine *quarantine;
	struct batch_queue *requeued; /* for what was not finished */
	struct tally *tally;
	const struct supervisor *parent;
	bool streams; /* the output is no file of ours, and stays as it is */
	struct spooled spooled; /* if the input cannot be read again, */
	char *spool_path; /* in this file */
	struct state state;
	struct saved same; /* what the command and the input are, all the time */
	struct hash_stream hash; /* of the input that was given out */
};

/*
 * Open the state, and go on from there if there is one; false if there is none, or
 * one in which nothing was done yet.  Does not return if it does not fit, or the command
 * cannot be resumed.
 */
bool resume_begin(struct resume *resume);

/* Is the input spooled, since it cannot be read again? */
static inline bool
resume_spools(const struct resume *resume)
{
	return resume->intake->spooled != NULL;
}

/* Give back what it took. */
void resume_end(struct resume *resume);

/* Another process has the state, path, open: the run ends. */
void resume_busy(struct ending *ending, const char *path);

#endif
