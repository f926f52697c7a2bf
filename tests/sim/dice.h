/* SPDX-License-Identifier: ISC */
/*
 * dice - numbers that follow from a seed.  Each part of a run has dice of its own, so
 * that what one of them asks for changes nothing for the others.
 */
#ifndef SIM_DICE_H
#define SIM_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

/* A number that follows from two, spread over all there are. */
uint64_t dice_mix(uint64_t a, uint64_t b);

/* Dice that follow from a seed, what they are for, and the how manieth of these. */
struct dice dice_for(uint64_t seed, const char *what, uint64_t which);

uint64_t dice_roll(struct dice *dice);

/* From least to most, both among them. */
uint64_t dice_from(struct dice *dice, uint64_t least, uint64_t most);

/* A number from least to most, where small ones are as likely as large ones: each
 * doubling is. */
uint64_t dice_scale(struct dice *dice, uint64_t least, uint64_t most);

/* True one time in n. */
bool dice_one_in(struct dice *dice, uint64_t n);

#endif
