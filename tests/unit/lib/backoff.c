/* SPDX-License-Identifier: ISC */
#include "backoff.h"
#include "chance.h"
#include "check.h"

/* Doubled one by one. */
static uint64_t
plainly(const struct backoff *backoff, uint64_t failures)
{
	uint64_t wait = backoff->first;

	if (failures == 0 || wait == 0)
		return 0;
	for (uint64_t i = 1; i < failures && wait < backoff->longest; i++)
		wait = wait > UINT64_MAX / 2 ? UINT64_MAX : 2 * wait;
	return wait < backoff->longest ? wait : backoff->longest;
}

static void
rows(void)
{
	static const struct {
		struct backoff backoff;
		uint64_t failures, wait;
	} rows[] = {
		{ { 100, 1000, false }, 0, 0 },
		{ { 100, 1000, false }, 1, 100 },
		{ { 100, 1000, false }, 2, 200 },
		{ { 100, 1000, false }, 4, 800 },
		{ { 100, 1000, false }, 5, 1000 },
		{ { 100, 1000, false }, UINT64_MAX, 1000 },
		{ { 100, 800, false }, 4, 800 },
		{ { 100, 799, false }, 4, 799 },
		{ { 0, 1000, false }, 5, 0 },
		{ { 1000, 100, false }, 1, 100 },
		{ { 1, UINT64_MAX, false }, 64, UINT64_C(1) << 63 },
		{ { 1, UINT64_MAX, false }, 65, UINT64_MAX },
		{ { 1, UINT64_MAX, false }, 66, UINT64_MAX },
		{ { UINT64_MAX, UINT64_MAX, false }, 1, UINT64_MAX },
		{ { UINT64_MAX, UINT64_MAX, false }, 2, UINT64_MAX },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		check_is(
		    backoff_wait(&rows[i].backoff, rows[i].failures, 0), rows[i].wait);
	}
}

static void
agrees(void)
{
	for (uint64_t step = 1; step <= 100000; step++) {
		struct backoff backoff = { .first = chance() >> chance_below(64),
			.longest = chance() >> chance_below(64) };
		uint64_t failures = chance_below(80), wait, spread;

		check_at(step);
		wait = plainly(&backoff, failures);
		check_is(backoff_wait(&backoff, failures, chance()), wait);
		backoff.spread = true;
		spread = backoff_wait(&backoff, failures, chance());
		check(spread <= wait && spread >= wait - wait / 2);
	}
}

/* What is left to chance takes each value from half of it to all of it, and no other. */
static void
spreads(void)
{
	const struct backoff backoff = { .first = 10, .longest = 10, .spread = true };
	bool seen[11] = { false };

	for (uint64_t i = 0; i < 100; i++) {
		uint64_t wait = backoff_wait(&backoff, 1, i);

		check(wait >= 5 && wait <= 10);
		seen[wait] = true;
	}
	for (int i = 5; i <= 10; i++)
		check(seen[i]);
	check_is(backoff_wait(&backoff, 0, 3), 0);
}

/* Who remembers how long it waited goes the same way. */
static void
remembers(void)
{
	static const struct backoff plans[] = {
		{ 100, 1000, false },
		{ 100, 800, false },
		{ 7, 7, false },
		{ 9, 7, false },
		{ 1, UINT64_MAX, false },
		{ UINT64_MAX / 2, UINT64_MAX, false },
	};

	for (size_t i = 0; i < COUNT(plans); i++) {
		uint64_t last = 0;

		for (uint64_t n = 1; n < 70; n++) {
			check_at(n);
			last = backoff_next(&plans[i], last);
			check_is(last, plainly(&plans[i], n));
		}
	}
}

TESTS("backoff", { "each limit", rows }, { "agrees with doubling one by one", agrees },
    { "half is left to chance", spreads }, { "the last wait says the next", remembers })
