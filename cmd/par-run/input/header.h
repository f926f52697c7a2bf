/* SPDX-License-Identifier: ISC */
/*
 * header - what stands before all records: their names, and what a process that reads
 * some of them reads first.
 */
#ifndef PAR_RUN_HEADER_H
#define PAR_RUN_HEADER_H

#include "bytes.h"
#include "intake.h"
#include "options.h"

enum { HEADER_MOST = 2 << 20 }; /* bytes: over a link it is a word of the job */

struct header {
	struct bytes text; /* a process reads it first; empty if there is nothing to */
	char *names; /* of the fields, as a record; NULL: they have none */
};

/* Take it off the input, or make it as options say.  Ends the program if it cannot be. */
void header_open(
    struct header *header, const struct run_options *options, struct intake *intake);

void header_close(struct header *header);

#endif
