/* SPDX-License-Identifier: ISC */
#include "dice.h"

#define STEP UINT64_C(0x9e3779b97f4a7c15)

/* splitmix64, by Vigna */
uint64_t
dice_mix(uint64_t a, uint64_t b)
{
	uint64_t x = (a + 1) * STEP + b;

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

struct dice
dice_for(uint64_t seed, const char *what, uint64_t which)
{
	uint64_t state = dice_mix(seed, which);

	for (; *what != '\0'; what++)
		state = dice_mix(state, (unsigned char)*what);
	return (struct dice){ .state = state };
}

uint64_t
dice_roll(struct dice *dice)
{
	return dice_mix(dice->state += STEP, 0);
}

uint64_t
dice_from(struct dice *dice, uint64_t least, uint64_t most)
{
	return least + dice_roll(dice) % (most - least + 1);
}

uint64_t
dice_scale(struct dice *dice, uint64_t least, uint64_t most)
{
	unsigned doublings = 0;
	uint64_t low, high;

	for (unsigned step = 32; step > 0; step /= 2)
		if ((most - least) >> doublings >> step > 0)
			doublings += step;
	low = (UINT64_C(1) << dice_from(dice, 0, doublings)) - 1;
	high = 2 * low < most - least ? 2 * low + 1 : most - least;
	return least + dice_from(dice, low < high ? low : high, high);
}

bool
dice_one_in(struct dice *dice, uint64_t n)
{
	return dice_roll(dice) % n == 0;
}
