/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <string.h>

#include "ascii.h"
#include "punycode.h"

/* The parameters of section 5. */
enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, BIAS = 72, FIRST = 0x80 };

enum { CODE_MAX = 0x10ffff };

/* Section 6.1: how the next number is written, after one that stood for points. */
static uint32_t
adapt(uint32_t delta, size_t points, bool is_first)
{
	uint32_t k = 0;

	delta = is_first ? delta / DAMP : delta / 2;
	delta += delta / (uint32_t)points;
	for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
		delta /= BASE - T_MIN;
	return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static uint32_t
threshold(uint32_t k, uint32_t bias)
{
	if (k <= bias + T_MIN)
		return T_MIN;
	return k >= bias + T_MAX ? T_MAX : k - bias;
}

static char
digit(uint32_t value)
{
	return (char)(value < 26 ? 'a' + value : '0' + value - 26);
}

/* A number, in digits of their own bases.  How many, or -1: there is no room. */
static long
put_number(char *dst, size_t size, uint32_t value, uint32_t bias)
{
	size_t len = 0;

	for (uint32_t k = BASE; len < size; k += BASE) {
		uint32_t t = threshold(k, bias);

		if (value < t) {
			dst[len++] = digit(value);
			return (long)len;
		}
		dst[len++] = digit(t + (value - t) % (BASE - t));
		value = (value - t) / (BASE - t);
	}
	return -1;
}

/* Those of ASCII, as they are, and a hyphen behind them.  How many bytes, or -1. */
static long
put_basic(char *dst, size_t size, const uint32_t *text, size_t len, size_t *basic)
{
	size_t put = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] >= FIRST)
			continue;
		if (put == size)
			return -1;
		dst[put++] = (char)text[i];
	}
	*basic = put;
	if (put == 0)
		return 0;
	if (put == size)
		return -1;
	dst[put++] = '-';
	return (long)put;
}

/* The least code point from least on. */
static uint32_t
next_code(const uint32_t *text, size_t len, uint32_t least)
{
	uint32_t code = UINT32_MAX;

	for (size_t i = 0; i < len; i++)
		if (text[i] >= least && text[i] < code)
			code = text[i];
	return code;
}

long
punycode_encode(char *dst, size_t size, const uint32_t *text, size_t len)
{
	uint32_t delta = 0, bias = BIAS, code = FIRST;
	size_t basic = 0, done;
	long put = put_basic(dst, size, text, len, &basic);

	for (done = basic; put >= 0 && done < len; delta++, code++) {
		uint32_t next = next_code(text, len, code);

		if ((next - code) > (UINT32_MAX - delta) / (uint32_t)(done + 1))
			return -1;
		delta += (next - code) * (uint32_t)(done + 1);
		code = next;
		for (size_t i = 0; i < len; i++) {
			long more;

			if (text[i] < code && ++delta == 0)
				return -1;
			if (text[i] != code)
				continue;
			more = put_number(dst + put, size - (size_t)put, delta, bias);
			if (more < 0)
				return -1;
			put += more;
			bias = adapt(delta, done + 1, done == basic);
			delta = 0;
			done++;
		}
	}
	return put;
}

/* The value of a digit; BASE: it is none. */
static uint32_t
digit_value(char byte)
{
	if (ascii_is_digit(byte))
		return (uint32_t)(byte - '0' + 26);
	return ascii_is_letter(byte) ? (uint32_t)(ascii_lower(byte) - 'a') : BASE;
}

/* Add the number at *in to *value.  False: it is none, or too large. */
static bool
add_number(uint32_t *value, const char **in, const char *end, uint32_t bias)
{
	uint32_t weight = 1;

	for (uint32_t k = BASE; *in < end; k += BASE) {
		uint32_t got = digit_value(*(*in)++), t = threshold(k, bias);

		if (got == BASE || got > (UINT32_MAX - *value) / weight)
			return false;
		*value += got * weight;
		if (got < t)
			return true;
		if (weight > UINT32_MAX / (BASE - t))
			return false;
		weight *= BASE - t;
	}
	return false;
}

/* May it stand in a text that is not ASCII? */
static bool
is_code(uint32_t code)
{
	return code >= FIRST && code <= CODE_MAX && (code < 0xd800 || code > 0xdfff);
}

long
punycode_decode(uint32_t *dst, size_t size, const char *in, size_t len)
{
	const char *hyphen = memrchr(in, '-', len), *end = in + len;
	size_t count = hyphen == NULL ? 0 : (size_t)(hyphen - in), basic = count;
	uint32_t code = FIRST, place = 0, bias = BIAS;

	if (count > size || !ascii_is_all(in, count))
		return -1;
	for (size_t i = 0; i < count; i++)
		dst[i] = (unsigned char)in[i];
	if (count > 0)
		in += count + 1;
	while (in < end) {
		uint32_t before = place;

		if (count == size || !add_number(&place, &in, end, bias))
			return -1;
		count++;
		bias = adapt(place - before, count, count == basic + 1);
		if (place / count > CODE_MAX)
			return -1;
		code += place / (uint32_t)count;
		place %= (uint32_t)count;
		if (!is_code(code))
			return -1;
		memmove(dst + place + 1, dst + place, (count - 1 - place) * sizeof(*dst));
		dst[place++] = code;
	}
	return (long)count;
}
