/* SPDX-License-Identifier: ISC */
/*
 * halving - blocks that fail on all their tries are halved, until the records that are
 * to blame are alone.  That is of use where pieces get done; where one after the other
 * fails, it is not the records.
 */
#ifndef PAR_RUN_HALVING_H
#define PAR_RUN_HALVING_H

#include <stdbool.h>
#include <stdint.h>

/* All zero: no block is halved. */
struct halving {
	bool on;
	unsigned row; /* blocks and pieces that failed, no piece done between */
	const char *remedy; /* of use when they were halved no more; "": there is none */
};

/* May a block, or a piece of one, of so many records be halved? */
bool halving_may(const struct halving *halving, uint64_t records);

/* A block of so many records has failed for the last time: is it to be halved now? */
bool halving_failed(struct halving *halving, uint64_t records);

/* Is this the first that was not, since it is of no use? */
bool halving_given_up(const struct halving *halving);

/* A block is done, or a record of one; piece: it is part of one that failed. */
static inline void
halving_done(struct halving *halving, bool piece)
{
	if (piece)
		halving->row = 0;
}

#endif
