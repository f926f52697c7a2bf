/* SPDX-License-Identifier: ISC */
/*
 * wide - whole numbers of two words, as no compiler for 32 bits has them.
 */
#ifndef PAR_GATHER_WIDE_H
#define PAR_GATHER_WIDE_H

#include <stdbool.h>
#include <stdint.h>

/* high * 2^64 + low */
struct wide {
	int64_t high;
	uint64_t low;
};

static inline struct wide
wide_of(uint64_t value)
{
	return (struct wide){ .low = value };
}

static inline bool
wide_is_zero(struct wide a)
{
	return a.high == 0 && a.low == 0;
}

/* Add b to a; true if the sum does not fit: a is anything then. */
static inline bool
wide_add(struct wide *a, struct wide b)
{
	bool over, back;

	a->low += b.low;
	over = __builtin_add_overflow(a->high, b.high, &a->high);
	back = __builtin_add_overflow(a->high, (int64_t)(a->low < b.low), &a->high);
	return over != back;
}

/* The lowest number of all stays as it is. */
static inline struct wide
wide_negate(struct wide a)
{
	uint64_t high = ~(uint64_t)a.high + (a.low == 0);

	return (struct wide){ .high = (int64_t)high, .low = 0 - a.low };
}

/* Below 0, 0 or above 0 as a is less than, equal to or more than b. */
static inline int
wide_compare(struct wide a, struct wide b)
{
	return a.high != b.high ? (a.high > b.high) - (a.high < b.high)
				: (a.low > b.low) - (a.low < b.low);
}

/* True if the product does not fit: a is anything then. */
bool wide_times_ten(struct wide *a);

/* Divide a, taken as without a sign, by ten; the rest. */
unsigned wide_tenth(struct wide *a);

/* The nearest one. */
long double wide_value(struct wide a);

#endif
