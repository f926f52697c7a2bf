/* SPDX-License-Identifier: ISC */
/*
 * result - the lines of keys on their way out: to the output, to the N best, or
 * to a spool, to be merged with others.
 */
#ifndef PAR_GATHER_RESULT_H
#define PAR_GATHER_RESULT_H

#include "gather.h"
#include "number.h"
#include "spool.h"

/* Of a line; in a spool, rank stands before it. */
struct result {
	uint64_t seq; /* its place */
	uint64_t len; /* bytes, newline included */
	struct number rank;
};

struct best;

/* Where lines go, by rising seq: into spool, or if that is NULL, out. */
struct result_sink {
	struct spool *spool;
	struct gather *gather;
	struct best *best; /* NULL: all are wanted */
};

/* Pass a line on.  All that fails here ends the program. */
void result_put(struct result_sink *sink, const struct result *result, const char *line);

/* Pass on the lines of count spools, each by rising seq, by rising seq. */
void result_merge(struct result_sink *sink, struct spool *spools, size_t count);

/* For the most lines by rank, at most most of them, best first. */
struct best *best_open(uint64_t most);
void best_close(struct best *best, struct gather *gather);

#endif
