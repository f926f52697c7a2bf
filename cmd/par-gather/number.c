/* SPDX-License-Identifier: ISC */
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"

enum {
	MAX_SCALE = 36, /* places behind the point that are exact */
	MAX_TEXT =
	    1600, /* longest number, as it is written: a double to its last place */
	MAX_EXPONENT = 5000 /* more is as much */
};

/* Numbers stay so far below infinity that no sum of 2^64 of them reaches it. */
static const long double largest = LDBL_MAX / 0x1p64L;

/* The parts of a number as it is written. */
struct written {
	bool negative, overflow;
	struct wide units;
	long scale;
};

/* Digits into w->units; how many, moving *at past them. */
static size_t
take_digits(struct written *w, const char **at, const char *end)
{
	const char *from = *at;

	for (; *at < end && **at >= '0' && **at <= '9'; ++*at)
		w->overflow |= wide_times_ten(&w->units) ||
		    wide_add(&w->units, wide_of((uint64_t)(**at - '0')));
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
	*out = (struct number){ .units = wide_of(value) };
	return true;
}

/* Take spaces away from both ends. */
static void
trim(const char **text, size_t *len)
{
	for (; *len > 0 && **text == ' '; --*len)
		++*text;
	while (*len > 0 && (*text)[*len - 1] == ' ')
		--*len;
}

/* A number of so many digits that the nearest one has to do. */
static const char *
approximate(const char *text, size_t len, struct number *out)
{
	char copy[MAX_TEXT + 1];

	if (len > MAX_TEXT)
		return "is too long a number";
	memcpy(copy, text, len);
	copy[len] = '\0';
	*out = (struct number){ .inexact = true, .approx = strtold(copy, NULL) };
	if (out->approx > largest || out->approx < -largest)
		return "is too large a number";
	return NULL;
}

const char *
number_parse(const char *text, size_t len, struct number *out)
{
	struct written w;

	if (parse_short(text, len, out))
		return NULL;
	trim(&text, &len);
	if (len == 0)
		return "is empty, not a number";
	if (take_apart(&w, text, text + len) < 0)
		return "is not a number";
	for (; !w.overflow && w.scale < 0 && !wide_is_zero(w.units); w.scale++)
		w.overflow = wide_times_ten(&w.units);
	if (w.overflow || w.scale > MAX_SCALE)
		return approximate(text, len, out);
	*out = (struct number){ .units = w.negative ? wide_negate(w.units) : w.units,
		.scale = w.scale < 0 ? 0 : (uint32_t)w.scale };
	return NULL;
}

long double
number_value(const struct number *number)
{
	long double scale = 1;

	if (number->inexact)
		return number->approx;
	for (uint32_t i = 0; i < number->scale; i++)
		scale *= 10;
	return wide_value(number->units) / scale;
}

/* Bring both to the same scale; false if that takes too many digits. */
static bool
align(struct number *a, struct number *b)
{
	if (a->inexact || b->inexact)
		return false;
	for (; a->scale < b->scale; a->scale++)
		if (wide_times_ten(&a->units))
			return false;
	for (; b->scale < a->scale; b->scale++)
		if (wide_times_ten(&b->units))
			return false;
	return true;
}

void
number_add(struct number *a, const struct number *b)
{
	struct number x = *a, y = *b;

	if (align(&x, &y) && !wide_add(&x.units, y.units)) {
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
		return wide_compare(x.units, y.units);
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
	struct wide left = number->units;
	char text[NUMBER_TEXT], *to = text + sizeof(text);
	uint32_t places = 0;

	if (number->inexact)
		return number_format_value(dst, number->approx);
	if (number->units.high < 0)
		left = wide_negate(left);
	while (!wide_is_zero(left) || places <= number->scale) {
		if (places == number->scale && number->scale > 0)
			*--to = '.';
		*--to = (char)('0' + (int)wide_tenth(&left));
		places++;
	}
	if (number->units.high < 0)
		*--to = '-';
	memcpy(dst, to, (size_t)(text + sizeof(text) - to));
	return (size_t)(text + sizeof(text) - to);
}
