/* SPDX-License-Identifier: ISC */
#include "chance.h"

static uint64_t state;

/* splitmix64, by Vigna */
uint64_t
chance(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

void
chance_begin(uint64_t seed, const char *name)
{
	state = seed;
	for (; *name != '\0'; name++)
		state = chance() ^ (unsigned char)*name;
}

uint64_t
chance_below(uint64_t n)
{
	return chance() % n;
}

uint64_t
chance_from(uint64_t least, uint64_t most)
{
	return least + chance_below(most - least + 1);
}

bool
chance_one_in(uint64_t n)
{
	return chance_below(n) == 0;
}

void
chance_bytes(char *dst, size_t len)
{
	for (size_t i = 0; i < len; i++)
		dst[i] = (char)(chance() & 0xff);
}

void
chance_bytes_of(char *dst, size_t len, const char *set, size_t set_len)
{
	for (size_t i = 0; i < len; i++)
		dst[i] = set[chance_below(set_len)];
}
