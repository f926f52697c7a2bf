/* SPDX-License-Identifier: ISC */
/*
 * gather - the inputs and the output of par-gather, and what failed so far.
 */
#ifndef PAR_GATHER_GATHER_H
#define PAR_GATHER_GATHER_H

#include <stdbool.h>

#include "input.h"
#include "record.h"

struct gather {
	struct inputs in;
	struct record_writer out;
	bool failed; /* a record or an input failed, and was named */
};

/*
 * The next run of whole records, waited for, after sending what is buffered.
 * What fails is named here, and the others go on.  False at the end.
 */
bool gather_next(struct gather *gather, struct record *run);

/* Write, or end the program as die_output() does. */
void gather_put(struct gather *gather, const void *data, size_t len);
void gather_flush(struct gather *gather);

/* Name a record that failed. */
void gather_fail(struct gather *gather, const char *data, size_t len, const char *why);

#endif
