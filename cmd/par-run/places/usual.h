/* SPDX-License-Identifier: ISC */
/*
 * usual - how long records usually take, from counts of times that are alike: the median,
 * or the longest of a few, of which half may be one that is quick by chance.
 */
#ifndef PAR_RUN_USUAL_H
#define PAR_RUN_USUAL_H

#include <stdint.h>

enum {
	USUAL_STEPS = 8, /* times that a power of two is told apart by */
	USUAL_KINDS = 40 * USUAL_STEPS, /* up to half a year */
	USUAL_FEW = 3 /* times, before their median says anything */
};

/* All zero: nothing was done yet. */
struct usual {
	uint64_t counts[USUAL_KINDS];
	uint64_t all;
};

/* One took so long, ms. */
void usual_add(struct usual *usual, uint64_t took);

/*
 * How long half of them took at most, or all if they are few; ms, an eighth too much at
 * most.  UINT64_MAX: none was added.
 */
uint64_t usual_time(const struct usual *usual);

/* What is factor thousandths of that, but no less than least; UINT64_MAX likewise. */
uint64_t usual_beyond(const struct usual *usual, uint64_t factor, uint64_t least);

#endif
