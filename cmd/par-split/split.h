/* SPDX-License-Identifier: ISC */
/*
 * split - the one input, the outputs, and the loop that joins them.
 */
#ifndef PAR_SPLIT_SPLIT_H
#define PAR_SPLIT_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"
#include "output.h"
#include "record.h"

enum split_mode {
	SPLIT_DEMAND, /* to whichever output can take more */
	SPLIT_ROUND_ROBIN /* to one after the other, record by record */
};

struct split_plan {
	enum split_mode mode;
	bool unique; /* drop records seen before */
	const char *input; /* path; "-": standard input */
	uint64_t max_record; /* bytes */
};

/* Whole records, one after the other. */
struct run {
	const char *data;
	size_t len;
};

struct split {
	const struct split_plan *plan;
	struct record_reader in;
	const char *in_name;
	bool in_waits; /* poll(2) tells when there is something */
	bool in_ended;
	struct output *outputs;
	size_t count;
	size_t next; /* whose turn it is */
	size_t left; /* outputs that are not gone */
	struct run rest; /* read, and not yet given to any output */
	struct run back; /* given to an output whose reader left, and to be given again */
	char *back_data; /* what back is a view of */
	struct unique *unique; /* NULL unless plan->unique */
	uint64_t lost; /* records for outputs that are gone */
	bool failed; /* something was named */
};

/* Copy the input to the outputs that paths name; the exit status. */
enum status split_run(const struct split_plan *plan, char *const *paths, size_t count);

/*
 * The reader of out has left, or it could not be written, says errno.  What it
 * did not take is given to others, or counted as lost, as the mode demands.
 */
void split_output_failed(struct split *split, struct output *out);

#endif
