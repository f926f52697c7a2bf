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
#include "hash.h"
#include "key.h"
#include "output.h"
#include "record.h"

enum split_mode {
	SPLIT_DEMAND, /* to whichever output can take more */
	SPLIT_ROUND_ROBIN, /* to one after the other, record by record */
	SPLIT_KEY, /* the same key to the same output */
	SPLIT_TEE, /* to all */
	SPLIT_CHUNK, /* the input cut into as many parts as there are outputs */
	SPLIT_FILL /* into one file after the other */
};

struct split_plan {
	enum split_mode mode;
	struct key key; /* for SPLIT_KEY */
	bool keyed; /* by hash_key, which strangers do not know */
	struct hash_key hash_key;
	uint64_t lines, bytes; /* for SPLIT_FILL: what a file takes; 0: no such limit */
	const char *template; /* for SPLIT_FILL: names of the files */
	bool unique; /* drop records whose unique_key was seen before */
	struct key unique_key;
	uint64_t memory; /* bytes, for keys seen */
	const char *input; /* path; "-": standard input */
	uint64_t max_record; /* bytes */
	uint64_t wait_ms; /* for the other end of a FIFO; 0: for ever */
	bool follow; /* a FIFO whose reader has left is opened again */
	bool own; /* outputs are FIFOs that were made, or this user's */
	int signals; /* sig_open(): stop when it is readable; or -1 */
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
	bool in_awaited; /* it is a FIFO that had no writer so far */
	bool in_ended;
	struct output *outputs;
	size_t count;
	size_t next; /* whose turn it is */
	uint64_t file; /* SPLIT_FILL: number of the next file, */
	uint64_t room; /* and what the one at work still takes, lines or bytes */
	char *file_name;
	size_t left; /* outputs that are not gone */
	struct run rest; /* read, and not yet given to any output */
	struct run back; /* given to an output whose reader left, and to be given again */
	char *back_data; /* what back is a view of */
	struct unique *unique; /* NULL unless plan->unique */
	bool stopped; /* by a signal */
	uint64_t opened_ms; /* clock_ms() at the start */
	uint64_t lost; /* records for outputs that are gone */
	bool failed; /* something was named */
};

/* Copy the input to the outputs that paths name; the exit status. */
enum status split_run(const struct split_plan *plan, char *const *paths, size_t count);

/* Open the outputs that it is time for; milliseconds until the next, or -1. */
int split_open_outputs(struct split *split);

/* Name a record that failed. */
void split_fail(struct split *split, const char *data, size_t len, const char *why);

/* Records in len bytes of whole ones. */
uint64_t split_count(const char *data, size_t len);

/*
 * The reader of out has left, or it could not be written, says errno.  What it
 * did not take is given to others, or counted as lost, as the mode demands.
 */
void split_output_failed(struct split *split, struct output *out);

#endif
