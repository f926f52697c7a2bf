/* SPDX-License-Identifier: ISC */
#include "usual.h"

/* Times below that are told apart one by one. */
#define PLAIN ((uint64_t)USUAL_STEPS)

/* Which kind a time is of. */
static unsigned
kind_of(uint64_t took)
{
	unsigned power = 0, kind;

	while (took >> power >= 2 * PLAIN)
		power++;
	kind = power * USUAL_STEPS + (unsigned)(took >> power);
	return kind < USUAL_KINDS ? kind : USUAL_KINDS - 1;
}

/* The longest time of that kind. */
static uint64_t
longest(unsigned kind)
{
	unsigned power = kind < 2 * USUAL_STEPS ? 0 : kind / USUAL_STEPS - 1;
	uint64_t step = kind - power * USUAL_STEPS;

	return ((step + 1) << power) - 1;
}

void
usual_add(struct usual *usual, uint64_t took)
{
	usual->counts[kind_of(took)]++;
	usual->all++;
}

uint64_t
usual_time(const struct usual *usual)
{
	uint64_t few = usual->all < USUAL_FEW ? 2 : 1, seen = 0;

	for (unsigned kind = 0; usual->all > 0 && kind < USUAL_KINDS; kind++) {
		seen += usual->counts[kind];
		if (2 * seen >= few * usual->all)
			return longest(kind);
	}
	return UINT64_MAX;
}

uint64_t
usual_beyond(const struct usual *usual, uint64_t factor, uint64_t least)
{
	uint64_t time = usual_time(usual), beyond;

	if (time == UINT64_MAX || __builtin_mul_overflow(time, factor, &beyond))
		return UINT64_MAX;
	return beyond / 1000 > least ? beyond / 1000 : least;
}
