/* SPDX-License-Identifier: ISC */
/*
 * split_plan - what the command line asks of par-split.
 */
#ifndef PAR_SPLIT_SPLIT_PLAN_H
#define PAR_SPLIT_SPLIT_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "hash.h"
#include "key.h"

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
	bool progress; /* it is told how far it is */
	int signals; /* sig_open(): stop when it is readable; or -1 */
};

#endif
