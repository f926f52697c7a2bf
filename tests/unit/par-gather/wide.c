/* SPDX-License-Identifier: ISC */
/*
 * Whole numbers of two words, compared with those of the compiler where it has them, and
 * with what is known everywhere.
 */
#include "wide.h"
#include "chance.h"
#include "check.h"

static const struct wide most = { INT64_MAX, UINT64_MAX }, least = { INT64_MIN, 0 };

static bool
is(struct wide a, int64_t high, uint64_t low)
{
	return a.high == high && a.low == low;
}

static void
edges(void)
{
	struct wide a = wide_of(UINT64_MAX);

	check(!wide_add(&a, wide_of(1)) && is(a, 1, 0));
	check(!wide_add(&a, wide_negate(wide_of(1))) && is(a, 0, UINT64_MAX));
	check(is(wide_negate(wide_of(1)), -1, UINT64_MAX));
	check(!wide_times_ten(&a) && is(a, 9, UINT64_MAX - 9));
	check_is(wide_tenth(&a), 0);
	check(is(a, 0, UINT64_MAX));
	a = most;
	check(wide_add(&a, wide_of(1)));
	a = most;
	check(!wide_add(&a, least) && is(a, -1, UINT64_MAX));
	a = least;
	check(wide_add(&a, wide_negate(wide_of(1))));
	a = least; /* a carry brings the sum of the upper words back */
	check(wide_add(&a, least));
	a = (struct wide){ INT64_MIN, 1 };
	check(!wide_add(&a, (struct wide){ -1, UINT64_MAX }) && is(a, INT64_MIN, 0));
	check(wide_compare(least, most) < 0 && wide_compare(most, least) > 0);
	check(wide_compare(wide_of(1), wide_of(2)) < 0 && wide_compare(most, most) == 0);
	a = (struct wide){ INT64_MAX / 10 + 1, 0 };
	check(wide_times_ten(&a));
	check(wide_value(wide_of(7)) == 7.0L && wide_value(least) == -0x1p127L);
}

#ifdef __SIZEOF_INT128__
#pragma GCC diagnostic ignored "-Wpedantic" /* no standard has it */

static __int128
model_of(struct wide a)
{
	return (__int128)((unsigned __int128)(uint64_t)a.high << 64 | a.low);
}

static struct wide
of_model(__int128 a)
{
	return (struct wide){ (int64_t)(a >> 64), (uint64_t)a };
}

/* Numbers of all sizes, and with long runs of equal bits. */
static struct wide
any(void)
{
	struct wide a = { (int64_t)(chance() << 32 ^ chance()),
		chance() << 32 ^ chance() };
	int shift = (int)chance_below(128);

	if (chance_one_in(4))
		a = most;
	if (chance_one_in(4))
		a = wide_negate(a);
	return of_model(model_of(a) >> shift);
}

static void
agrees(void)
{
	for (int i = 0; i < 100000; i++) {
		struct wide a = any(), b = any(), sum = a, ten = a, tenth = a;
		__int128 x = model_of(a), y = model_of(b), z;
		unsigned __int128 u = (unsigned __int128)x;
		bool over = __builtin_add_overflow(x, y, &z);

		check(wide_add(&sum, b) == over && (over || model_of(sum) == z));
		over = __builtin_mul_overflow(x, 10, &z);
		check(wide_times_ten(&ten) == over && (over || model_of(ten) == z));
		check(wide_compare(a, b) == (x > y) - (x < y));
		check_is(wide_tenth(&tenth), u % 10);
		check(model_of(tenth) == (__int128)(u / 10));
		check(wide_value(a) == (long double)x);
	}
}

#else

static void
agrees(void)
{
}

#endif

TESTS("wide", { "at the edges", edges }, { "agrees with the compiler's", agrees })
