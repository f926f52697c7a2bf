/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <string.h>

#include "punycode.h"

/* The parameters of RFC 3492, section 5. */
enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, BIAS = 72, FIRST = 128 };

enum { EMOJI_STYLE = 0xfe0f /* asks for a picture; UTS 46 leaves it out */ };

static bool
is_symbol(unsigned code)
{
	return (code >= 0x2600 && code <= 0x27bf) || (code >= 0x1f300 && code <= 0x1faff);
}

static bool
is_letter(unsigned code)
{
	return (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9') ||
	    code == '-';
}

/* The next code point of valid UTF-8; *at is set after it.  0 if it is cut off. */
static unsigned
next_code(const char *label, size_t len, size_t *at)
{
	unsigned char first = (unsigned char)label[*at];
	size_t bytes = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	unsigned code = bytes == 1 ? first : first & (0xffU >> (bytes + 1));

	if (len - *at < bytes)
		return 0;
	for (size_t i = 1; i < bytes; i++)
		code = code << 6 | ((unsigned char)label[*at + i] & 0x3f);
	*at += bytes;
	return code;
}

/* The code points of a label of that kind; 0 if it is not. */
static size_t
read_label(unsigned codes[static PUNYCODE_LABEL_MAX], const char *label, size_t len)
{
	size_t count = 0;
	bool symbol = false;

	for (size_t at = 0; at < len;) {
		unsigned code = next_code(label, len, &at);

		if (code == EMOJI_STYLE)
			continue;
		if (code >= 'A' && code <= 'Z')
			code |= 0x20;
		symbol |= is_symbol(code);
		if (count == PUNYCODE_LABEL_MAX || !(is_symbol(code) || is_letter(code)))
			return 0;
		codes[count++] = code;
	}
	return symbol ? count : 0;
}

static unsigned
adapt(unsigned delta, unsigned count, bool first)
{
	unsigned k = 0;

	delta = first ? delta / DAMP : delta / 2;
	delta += delta / count;
	for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
		delta /= BASE - T_MIN;
	return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static char
digit(unsigned value)
{
	return (char)(value < 26 ? 'a' + value : '0' + value - 26);
}

/* A number of variable length; what there is no room for is left out. */
static char *
put_number(char *to, const char *end, unsigned number, unsigned bias)
{
	for (unsigned k = BASE; to < end; k += BASE) {
		unsigned t = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;

		if (number < t)
			break;
		*to++ = digit(t + (number - t) % (BASE - t));
		number = (number - t) / (BASE - t);
	}
	if (to < end)
		*to++ = digit(number);
	return to;
}

/* The smallest code point from least on. */
static unsigned
smallest(const unsigned *codes, size_t count, unsigned least)
{
	unsigned code = 0x10ffff;

	for (size_t i = 0; i < count; i++)
		if (codes[i] >= least && codes[i] < code)
			code = codes[i];
	return code;
}

size_t
punycode_symbols(char *dst, const char *label, size_t len)
{
	unsigned codes[PUNYCODE_LABEL_MAX], next = FIRST, delta = 0, bias = BIAS,
					    done = 0;
	unsigned basic, count = (unsigned)read_label(codes, label, len);
	const char *end = dst + PUNYCODE_ROOM;
	char *to = dst + 4;

	memcpy(dst, "xn--", 4);
	for (unsigned i = 0; i < count; i++)
		if (codes[i] < FIRST) {
			*to++ = (char)codes[i];
			done++;
		}
	basic = done;
	if (basic > 0)
		*to++ = '-';
	while (done < count) {
		unsigned code = smallest(codes, count, next);

		delta += (code - next) * (done + 1);
		next = code;
		for (unsigned i = 0; i < count; i++) {
			delta += codes[i] < next;
			if (codes[i] != next)
				continue;
			to = put_number(to, end, delta, bias);
			bias = adapt(delta, done + 1, done == basic);
			done++;
			delta = 0;
		}
		delta++;
		next++;
	}
	len = (size_t)(to - dst);
	return count == 0 || len > PUNYCODE_LABEL_MAX ? 0 : len;
}
