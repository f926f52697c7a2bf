/* SPDX-License-Identifier: ISC */
/*
 * number - decimal numbers, exact while 38 digits hold them.
 */
#ifndef PAR_GATHER_NUMBER_H
#define PAR_GATHER_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wide.h"

/* units / 10^scale, or, too large or too fine for that, approx. */
struct number {
	struct wide units;
	long double approx;
	uint32_t scale;
	bool inexact;
};

enum { NUMBER_TEXT = 64 }; /* bytes that number_format() needs */

/*
 * Read a decimal number, with or without a sign, a point and an exponent, and spaces
 * around it, from len bytes.  NULL, or why that cannot be done.
 */
const char *number_parse(const char *text, size_t len, struct number *out);

/* Add b to a. */
void number_add(struct number *a, const struct number *b);

/* Below 0, 0 or above 0 as a is less than, equal to or more than b. */
int number_compare(const struct number *a, const struct number *b);

long double number_value(const struct number *number);

/* Write it at dst, NUMBER_TEXT bytes; the length, without a NUL. */
size_t number_format(char *dst, const struct number *number);
size_t number_format_value(char *dst, long double value);

#endif
