/* SPDX-License-Identifier: ISC */
/*
 * job - what a par-run tells the one at the other end of a link first: its command
 * line, as words.  So no shell on the way sees them, whatever bytes they hold.
 *
 *	par-job 3 LENGTH    a line; LENGTH bytes follow it:
 *	NAME OPTION... COMMAND...   each ended by a NUL; NAME is what it is called
 */
#ifndef PAR_RUN_JOB_H
#define PAR_RUN_JOB_H

#include <stddef.h>
#include <stdint.h>

#include "ack.h"
#include "header.h"
#include "options.h"

struct job {
	char *text; /* its words */
	char **argv; /* of them, with the name of the program first */
	int argc;
};

/* What this end takes, besides lines for single records. */
struct job_takes {
	enum runs runs;
	uint64_t trace; /* so many bytes of lines for --trace */
};

/*
 * The job for host name, with so many workers, 0 for as many as it has processors:
 * *len bytes, the caller's to free, or NULL without memory.  header: of the
 * records.  id: of the run; "": it has none; NULL: the line before a block says
 * it.  takes: what it may tell, if it can.
 */
char *job_write(const char *name, uint64_t workers, const struct run_options *options,
    const struct header *header, const char *id, const struct job_takes *takes,
    size_t *len);

/*
 * Read a job from standard input, and not a byte more, and put its name in PAR_HOST.
 * Ends the program if there is none.
 */
void job_read(struct job *job);

void job_free(struct job *job);

#endif
