/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "idna.h"
#include "url_host.h"
#include "url_ipv6.h"

/* May byte not stand in an opaque host? */
static bool
is_forbidden(char byte)
{
	switch (byte) {
	case '\0':
	case '\t':
	case '\n':
	case '\r':
	case ' ':
	case '#':
	case '/':
	case ':':
	case '<':
	case '>':
	case '?':
	case '@':
	case '[':
	case '\\':
	case ']':
	case '^':
	case '|':
		return true;
	default:
		return false;
	}
}

/* May byte not stand in a domain? */
static bool
is_forbidden_domain(char byte)
{
	return is_forbidden(byte) || (unsigned char)byte < 0x20 || byte == '%' ||
	    byte == 0x7f;
}

/* One number of an IPv4 address: decimal, 0x hexadecimal, 0 octal.  0, or -1. */
static int
parse_number(const char *in, size_t len, uint64_t *out)
{
	int base = 10;

	if (len == 0)
		return -1;
	if (len >= 2 && in[0] == '0' && (in[1] == 'x' || in[1] == 'X')) {
		base = 16;
		in += 2;
		len -= 2;
	} else if (len >= 2 && in[0] == '0') {
		base = 8;
		in++;
		len--;
	}
	*out = 0;
	for (size_t i = 0; i < len; i++) {
		int value = ascii_hex(in[i]);

		if (value < 0 || value >= base)
			return -1;
		*out = *out * (uint64_t)base + (uint64_t)value;
		if (*out > UINT32_MAX)
			*out = UINT64_C(1) << 32; /* too large: how much is no matter */
	}
	return 0;
}

/* The length of host without a last dot. */
static size_t
without_dot(const char *host, size_t len)
{
	return len > 0 && host[len - 1] == '.' ? len - 1 : len;
}

/* Does it end in a number, so that it must be an IPv4 address? */
static bool
is_numeric(const char *host, size_t len)
{
	const char *dot;
	uint64_t value;
	size_t digits = 0;

	len = without_dot(host, len);
	dot = memrchr(host, '.', len);
	if (dot != NULL) {
		len -= (size_t)(dot + 1 - host);
		host = dot + 1;
	}
	while (digits < len && host[digits] >= '0' && host[digits] <= '9')
		digits++;
	return len > 0 && (digits == len || parse_number(host, len, &value) == 0);
}

static int
parse_ipv4(const char *host, size_t len, uint32_t *address)
{
	const char *end = host + without_dot(host, len);
	uint64_t value = 0, whole = 0;
	int parts = 0;

	for (;; host++) {
		const char *dot = memchr(host, '.', (size_t)(end - host));

		if (parts > 0 && value > 255)
			return -1;
		if (parts > 0)
			whole |= value << (8 * (4 - parts));
		if (++parts > 4 ||
		    parse_number(
			host, (size_t)((dot == NULL ? end : dot) - host), &value) < 0)
			return -1;
		if (dot == NULL)
			break;
		host = dot;
	}
	if (value >= UINT64_C(1) << (8 * (5 - parts)))
		return -1;
	*address = (uint32_t)(whole | value);
	return 0;
}

/* Undo %XX. */
static size_t
percent_decode(char *dst, const char *in, size_t len)
{
	char *to = dst;

	for (size_t i = 0; i < len; i++) {
		if (in[i] == '%' && i + 2 < len && ascii_hex(in[i + 1]) >= 0 &&
		    ascii_hex(in[i + 2]) >= 0) {
			*to++ = (char)(ascii_hex(in[i + 1]) << 4 | ascii_hex(in[i + 2]));
			i += 2;
		} else {
			*to++ = in[i];
		}
	}
	return (size_t)(to - dst);
}

static long
parse_domain(char *dst, const char *in, size_t len)
{
	long got = (long)percent_decode(dst, in, len);
	size_t room = 3 * len + HOST_ROOM;
	uint32_t address;

	/* What is ASCII is as it is to browsers, whatever its "xn--" stands for. */
	if (!ascii_is_all(dst, (size_t)got)) {
		char *to = dst + got;

		got = idna_to_ascii(to, room - (size_t)got, dst, (size_t)got);
		if (got > 0)
			memmove(dst, to, (size_t)got);
	}
	if (got <= 0)
		return -1;
	for (long i = 0; i < got; i++) {
		if (is_forbidden_domain(dst[i]))
			return -1;
		dst[i] = ascii_lower(dst[i]);
	}
	if (!is_numeric(dst, (size_t)got))
		return got;
	if (parse_ipv4(dst, (size_t)got, &address) < 0)
		return -1;
	return sprintf(dst, "%u.%u.%u.%u", address >> 24, address >> 16 & 255,
	    address >> 8 & 255, address & 255);
}

static long
parse_opaque(char *dst, const char *in, size_t len)
{
	char *to = dst;

	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)in[i];

		if (is_forbidden(in[i]))
			return -1;
		if (byte < 0x20 || byte >= 0x7f)
			to += sprintf(to, "%%%02X", byte);
		else
			*to++ = in[i];
	}
	return to - dst;
}

long
host_parse(char *dst, const char *in, size_t len, bool special)
{
	if (len > 0 && in[0] == '[')
		return ipv6_write(dst, in, len);
	return special ? parse_domain(dst, in, len) : parse_opaque(dst, in, len);
}

/* Bytes of plain hosts: letters, digits, dots, hyphens. */
enum { PLAIN = 1, CAPITAL = 2 };

/* clang-format off */
static const unsigned char plain[256] = {
	['-'] = PLAIN, ['.'] = PLAIN,
	['0'] = PLAIN, ['1'] = PLAIN, ['2'] = PLAIN, ['3'] = PLAIN, ['4'] = PLAIN,
	['5'] = PLAIN, ['6'] = PLAIN, ['7'] = PLAIN, ['8'] = PLAIN, ['9'] = PLAIN,
	['a'] = PLAIN, ['b'] = PLAIN, ['c'] = PLAIN, ['d'] = PLAIN, ['e'] = PLAIN,
	['f'] = PLAIN, ['g'] = PLAIN, ['h'] = PLAIN, ['i'] = PLAIN, ['j'] = PLAIN,
	['k'] = PLAIN, ['l'] = PLAIN, ['m'] = PLAIN, ['n'] = PLAIN, ['o'] = PLAIN,
	['p'] = PLAIN, ['q'] = PLAIN, ['r'] = PLAIN, ['s'] = PLAIN, ['t'] = PLAIN,
	['u'] = PLAIN, ['v'] = PLAIN, ['w'] = PLAIN, ['x'] = PLAIN, ['y'] = PLAIN,
	['z'] = PLAIN,
	['A'] = CAPITAL, ['B'] = CAPITAL, ['C'] = CAPITAL, ['D'] = CAPITAL, ['E'] = CAPITAL,
	['F'] = CAPITAL, ['G'] = CAPITAL, ['H'] = CAPITAL, ['I'] = CAPITAL, ['J'] = CAPITAL,
	['K'] = CAPITAL, ['L'] = CAPITAL, ['M'] = CAPITAL, ['N'] = CAPITAL, ['O'] = CAPITAL,
	['P'] = CAPITAL, ['Q'] = CAPITAL, ['R'] = CAPITAL, ['S'] = CAPITAL, ['T'] = CAPITAL,
	['U'] = CAPITAL, ['V'] = CAPITAL, ['W'] = CAPITAL, ['X'] = CAPITAL, ['Y'] = CAPITAL,
	['Z'] = CAPITAL,
};
/* clang-format on */

/* May it be a number? */
static bool
is_suspicious(const char *host, size_t len)
{
	size_t label = without_dot(host, len);

	while (label > 0 && host[label - 1] != '.')
		label--;
	return ascii_is_digit(host[label]);
}

size_t
host_plain_length(const char *host, size_t len, bool *capitals)
{
	unsigned seen = 0;
	size_t at = 0;

	for (; at < len; at++) {
		unsigned byte = plain[(unsigned char)host[at]];

		if (byte == 0)
			break;
		seen |= byte;
	}
	*capitals = (seen & CAPITAL) != 0;
	return at == 0 || is_suspicious(host, at) ? 0 : at;
}
