/* SPDX-License-Identifier: ISC */
/*
 * link_break - links that break: which of them broke together, and whether a record may
 * be why.
 *
 * Links that break at about one time are one break: of the network between, say.  Another
 * one begins with a link that was made after that.
 *
 * Pure.
 */
#ifndef PAR_RUN_LINK_BREAK_H
#define PAR_RUN_LINK_BREAK_H

#include <stdbool.h>
#include <stdint.h>

#include "batch.h"

enum { LINK_BREAK_TOGETHER = 1000 /* ms within which links break at one time */ };

struct link_break {
	uint64_t number; /* of the last break, from 1; 0: there was none */
	uint64_t lone_from; /* since this one, no two links broke at one time */
	uint64_t began; /* ms */
	uint64_t record; /* the first that its first link had */
};

/*
 * A link that was made at that time has broken, now, with records from first on.  Has
 * another break begun?
 */
bool link_break_add(struct link_break *cut, uint64_t made, uint64_t now, uint64_t first);

/*
 * A suspect, batch, was alone with a link that is of the last break.  Is it to blame?
 * When that has happened again and again, and no other link broke at these times.
 */
bool link_break_blames(const struct link_break *cut, struct batch *batch);

#endif
