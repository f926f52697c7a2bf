/* SPDX-License-Identifier: ISC */
#include "wide.h"

bool
wide_times_ten(struct wide *a)
{
	bool negative = a->high < 0, over;
	struct wide size = negative ? wide_negate(*a) : *a;
	uint64_t low = (size.low & UINT32_MAX) * 10;
	uint64_t middle = (size.low >> 32) * 10 + (low >> 32), high;

	over = __builtin_mul_overflow((uint64_t)size.high, (uint64_t)10, &high) ||
	    __builtin_add_overflow(high, middle >> 32, &high);
	size.low = middle << 32 | (low & UINT32_MAX);
	size.high = (int64_t)high;
	*a = negative ? wide_negate(size) : size;
	/* the lowest number has no other sign */
	return over ||
	    (high > (uint64_t)INT64_MAX &&
		!(negative && high == (uint64_t)1 << 63 && size.low == 0));
}

unsigned
wide_tenth(struct wide *a)
{
	uint64_t high = (uint64_t)a->high, upper, lower;
	unsigned rest;

	if (high == 0) {
		rest = (unsigned)(a->low % 10);
		a->low /= 10;
		return rest;
	}
	a->high = (int64_t)(high / 10);
	upper = high % 10 << 32 | a->low >> 32;
	lower = upper % 10 << 32 | (a->low & UINT32_MAX);
	a->low = upper / 10 << 32 | lower / 10;
	return (unsigned)(lower % 10);
}

long double
wide_value(struct wide a)
{
	return (long double)a.high * 0x1p64L + (long double)a.low;
}
