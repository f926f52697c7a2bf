/* SPDX-License-Identifier: ISC */
/*
 * ahead - how much a worker may read ahead of what it answers, as a filter does
 * that reads and writes by blocks.
 */
#ifndef PAR_RUN_AHEAD_H
#define PAR_RUN_AHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* At either its input is ended, so that it must answer. */
struct ahead_limit {
	uint64_t bytes, records;
	bool given; /* by an option */
};

/* What holds without one. */
void ahead_default(struct ahead_limit *limit);

/* Read SIZE or SIZE/N into a struct ahead_limit; for OPT_CALL. */
const char *ahead_read(void *limit, const char *value);

/* The limit, so many times as large: for a worker that has so many of its own. */
struct ahead_limit ahead_times(const struct ahead_limit *limit, uint64_t times);

#endif
