/* SPDX-License-Identifier: ISC */
/*
 * cache - records that were seen before are answered at once, the others go
 * through the command.
 */
#ifndef PAR_CACHE_CACHE_H
#define PAR_CACHE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"
#include "store.h"

struct cache_options {
	char **command;
	const char *as; /* what stands for the command; NULL: its words and files */
	const char **env; /* variables that count, too */
	size_t env_count, env_room;
	bool map; /* one line out for each line in */
	bool refresh; /* what is stored is not used, but replaced */
	bool stats;
	uint64_t max_record; /* bytes */
	const char *input, *output; /* paths; NULL: standard input and output */
	uint64_t wait_ms; /* for other ends of FIFOs; 0: for ever */
	struct store_plan store;
};

/* Do it all; the exit status. */
enum status cache_run(const struct cache_options *options);

/* Show what the store holds. */
enum status cache_show(const struct cache_options *options);

#endif
