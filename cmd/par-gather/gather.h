/* SPDX-License-Identifier: ISC */
/*
 * gather - the inputs and the output of par-gather, and what failed so far.
 *
 * All that cannot be gone on after ends the program here, with a diagnostic.
 */
#ifndef PAR_GATHER_GATHER_H
#define PAR_GATHER_GATHER_H

#include <stdbool.h>

#include "diag.h"
#include "gather_plan.h"
#include "headway.h"
#include "input.h"
#include "record.h"

struct gather {
	struct inputs in;
	struct record_writer out;
	const char *out_name;
	bool empty; /* the output may be written: what it had is gone, if that is to be */
	size_t lost; /* inputs that failed */
	int signals; /* sig_open(), or -1 */
	struct headway headway;
	uint64_t taken, taken_bytes, named; /* records, for that, and bytes of them */
	uint64_t size; /* of all inputs, bytes; 0: nobody knows */
	bool failed; /* a record or an input failed, and was named */
};

/* Open the output, and of the count files those that can be waited for. */
void gather_open(struct gather *gather, const struct gather_plan *plan,
    char *const *files, size_t count);

/* Send all, and free; the exit status. */
enum status gather_close(struct gather *gather);

/*
 * The next run of whole records, waited for, after sending what is buffered.
 * What fails is named here, and the others go on.  False at the end.
 */
bool gather_next(struct gather *gather, struct record *run);

/*
 * So many whole records were taken, and bytes of them: --progress may tell.  Only where
 * gather_next() has not given them.
 */
void gather_taken(struct gather *gather, uint64_t records, uint64_t bytes);

/* Pass on all records as they are. */
void gather_copy(struct gather *gather);

void gather_put(struct gather *gather, const void *data, size_t len);
void gather_flush(struct gather *gather);

/* Name a record that failed, what is the matter with its field, and what helps, or "". */
void gather_fail_field(struct gather *gather, const struct record *rec, uint64_t field,
    const char *why, const char *remedy);

/* An input, with errno; a record of one. */
void gather_fail_input(struct gather *gather, const char *name, int error);
void gather_fail_long(struct gather *gather, const char *name, const struct record *rec);

#endif
