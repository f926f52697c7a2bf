/* SPDX-License-Identifier: ISC */
/*
 * blocks - -b and -N: records for a process of their own, gathered until there are
 * enough.
 */
#ifndef PAR_RUN_BLOCKS_H
#define PAR_RUN_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "arguments.h"
#include "batch.h"
#include "ending.h"
#include "intake.h"
#include "options.h"
#include "times.h"

struct blocks {
	const struct run_options *options;
	const struct times *times;
	const struct arguments *arguments;
	struct intake *intake;
	struct ending *ending;
	uint64_t first; /* number of the first record of the block that grows */
	uint64_t since; /* clock_ms() from when records of it wait; 0: none do */
	uint64_t due; /* when it is begun though it is not full; UINT64_MAX: never */
};

/* The first one begins with the next record. */
void blocks_begin(struct blocks *blocks);

/* A turn of giving begins: nobody has asked for a block. */
void blocks_turn(struct blocks *blocks);

/* Nobody asks for a block now: is more input to be read, until the next one is full? */
bool blocks_read_on(const struct blocks *blocks);

/*
 * The next block, in *batch: 1, or 0 if it is not full yet, or -1 and the run ends.  A
 * record that was refused counts as one of its N, so that those after it are with their
 * own.
 */
int blocks_next(struct blocks *blocks, struct batch **batch);

#endif
