/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"

enum {
	MAX_SCALE = 36, /* places behind the point that are exact */
	MAX_TEXT = 400, /* longest number, as it is written */
	MAX_EXPONENT = 5000 /* more is as much */
};

/* Numbers stay so far below infinity that no sum of them reaches it. */
static const long double largest = 1e300L;

/* The parts of a number as it is written. */
struct written {
	bool negative, overflow;
	__int128 units;
	long scale;
};

/* Digits into w->units; how many, moving *at past them. */
static size_t
take_digits(struct written *w, const char **at, const char *end)
{
	const char *from = *at;

	for (; *at < end && **at >= '0' && **at <= '9'; ++*at)
		w->overflow |= __builtin_mul_overflow(w->units, 10, &w->units) ||
		    __builtin_add_overflow(w->units, **at - '0', &w->units);
	return (size_t)(*at - from);
}

/* The exponent behind an e; -1 if there is none. */
static int
take_exponent(struct written *w, const char **at, const char *end)
{
	bool negative = *at < end && **at == '-';
	const char *from;
	long value = 0;

	if (*at < end && (**at == '-' || **at == '+'))
		++*at;
	for (from = *at; *at < end && **at >= '0' && **at <= '9'; ++*at)
		value = value < MAX_EXPONENT ? value * 10 + (**at - '0') : value;
	w->scale -= negative ? -value : value;
	return *at > from ? 0 : -1;
}

/* Take a number apart; -1 if it is none. */
static int
take_apart(struct written *w, const char *at, const char *end)
{
	size_t digits;

	*w = (struct written){ .negative = at < end && *at == '-' };
	if (at < end && (*at == '-' || *at == '+'))
		at++;
	digits = take_digits(w, &at, end);
	if (at < end && *at == '.') {
		at++;
		w->scale = (long)take_digits(w, &at, end);
		digits += (size_t)w->scale;
	}
	if (digits == 0)
		return -1;
	if (at < end && (*at | 0x20) == 'e') {
		at++;
		if (take_exponent(w, &at, end) < 0)
			return -1;
	}
	return at == end ? 0 : -1;
}

/* A whole number of few digits, as most are; false if it is not one. */
static bool
parse_short(const char *text, size_t len, struct number *out)
{
	uint64_t value = 0;

	if (len == 0 || len > 18)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned digit = (unsigned)(unsigned char)text[i] - '0';

		if (digit > 9)
			return false;
		value = value * 10 + digit;
	}
	*out = (struct number){ .units = (__int128)value };
	return true;
}

int
number_parse(const char *text, size_t len, struct number *out)
{
	struct written w;
	char copy[MAX_TEXT + 1];

	if (parse_short(text, len, out))
		return 0;
	if (len > MAX_TEXT || take_apart(&w, text, text + len) < 0)
		return -1;
	for (; !w.overflow && w.scale < 0 && w.units != 0; w.scale++)
		w.overflow = __builtin_mul_overflow(w.units, 10, &w.units);
	*out = (struct number){ .units = w.overflow ? 0
		    : w.negative		    ? -w.units
						    : w.units,
		.scale = w.scale < 0 ? 0 : (uint32_t)w.scale };
	if (!w.overflow && w.scale <= MAX_SCALE)
		return 0;
	memcpy(copy, text, len);
	copy[len] = '\0';
	out->inexact = true;
	out->approx = strtold(copy, NULL);
	return out->approx < largest && out->approx > -largest ? 0 : -1;
}

long double
number_value(const struct number *number)
{
	long double scale = 1;

	if (number->inexact)
		return number->approx;
	for (uint32_t i = 0; i < number->scale; i++)
		scale *= 10;
	return (long double)number->units / scale;
}

/* Bring both to the same scale; false if that takes too many digits. */
static bool
align(struct number *a, struct number *b)
{
	if (a->inexact || b->inexact)
		return false;
	for (; a->scale < b->scale; a->scale++)
		if (__builtin_mul_overflow(a->units, 10, &a->units))
			return false;
	for (; b->scale < a->scale; b->scale++)
		if (__builtin_mul_overflow(b->units, 10, &b->units))
			return false;
	return true;
}

void
number_add(struct number *a, const struct number *b)
{
	struct number x = *a, y = *b;

	if (align(&x, &y) && !__builtin_add_overflow(x.units, y.units, &x.units)) {
		*a = x;
		return;
	}
	a->approx = number_value(a) + number_value(b);
	a->inexact = true;
}

int
number_compare(const struct number *a, const struct number *b)
{
	struct number x = *a, y = *b;
	long double u, v;

	if (align(&x, &y))
		return (x.units > y.units) - (x.units < y.units);
	u = number_value(a);
	v = number_value(b);
	return (u > v) - (u < v);
}

size_t
number_format_value(char *dst, long double value)
{
	return (size_t)snprintf(dst, NUMBER_TEXT, "%.15Lg", value);
}

size_t
number_format(char *dst, const struct number *number)
{
	unsigned __int128 left = (unsigned __int128)number->units;
	char text[NUMBER_TEXT], *to = text + sizeof(text);
	uint32_t places = 0;

	if (number->inexact)
		return number_format_value(dst, number->approx);
	if (number->units < 0)
		left = -left;
	while (left != 0 || places <= number->scale) {
		if (places == number->scale && number->scale > 0)
			*--to = '.';
		*--to = (char)('0' + (int)(left % 10));
		left /= 10;
		places++;
	}
	if (number->units < 0)
		*--to = '-';
	memcpy(dst, to, (size_t)(text + sizeof(text) - to));
	return (size_t)(text + sizeof(text) - to);
}
