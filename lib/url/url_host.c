/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "idna.h"
#include "url_host.h"

enum { PIECES = 8 };

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

/* What is left of the text of an IPv6 address. */
struct ipv6_text {
	const char *at, *end;
};

static bool
at_byte(const struct ipv6_text *in, char byte)
{
	return in->at < in->end && *in->at == byte;
}

/* The dotted tail of an IPv6 address, as two pieces.  0, or -1. */
static int
parse_dotted(struct ipv6_text *in, uint16_t pieces[static 2])
{
	unsigned bytes[4];

	for (int i = 0; i < 4; i++) {
		const char *first;

		if (i > 0 && !at_byte(in, '.'))
			return -1;
		in->at += i > 0;
		first = in->at;
		bytes[i] = 0;
		while (in->at < in->end && *in->at >= '0' && *in->at <= '9') {
			if (in->at > first && bytes[i] == 0)
				return -1;
			bytes[i] = bytes[i] * 10 + (unsigned)(*in->at++ - '0');
			if (bytes[i] > 255)
				return -1;
		}
		if (in->at == first)
			return -1;
	}
	pieces[0] = (uint16_t)(bytes[0] << 8 | bytes[1]);
	pieces[1] = (uint16_t)(bytes[2] << 8 | bytes[3]);
	return in->at == in->end ? 0 : -1;
}

/* Up to four hexadecimal digits; how many there were. */
static size_t
parse_piece(struct ipv6_text *in, uint16_t *piece)
{
	const char *first = in->at;
	unsigned value = 0;

	while (in->at < in->end && in->at < first + 4 && ascii_hex(*in->at) >= 0)
		value = value * 16 + (unsigned)ascii_hex(*in->at++);
	*piece = (uint16_t)value;
	return (size_t)(in->at - first);
}

/* Move the pieces after the gap to the end.  0, or -1 if there are too many or few. */
static int
close_gap(uint16_t address[static PIECES], int count, int gap)
{
	if (gap < 0)
		return count == PIECES ? 0 : -1;
	if (count == PIECES)
		return -1;
	for (int i = 0; i < count - gap; i++) {
		address[PIECES - 1 - i] = address[count - 1 - i];
		address[count - 1 - i] = 0;
	}
	return 0;
}

static int
parse_ipv6(struct ipv6_text in, uint16_t address[static PIECES])
{
	int count = 0, gap = -1;

	if (at_byte(&in, ':')) {
		if (in.end - in.at < 2 || in.at[1] != ':')
			return -1;
		in.at += 2;
		gap = 0;
	}
	while (in.at < in.end) {
		const char *first = in.at;

		if (count == PIECES)
			return -1;
		if (at_byte(&in, ':')) {
			if (gap >= 0)
				return -1;
			in.at++;
			gap = count;
			continue;
		}
		if (parse_piece(&in, &address[count]) > 0 && at_byte(&in, '.')) {
			in.at = first;
			if (count > PIECES - 2 || parse_dotted(&in, address + count) < 0)
				return -1;
			count += 2;
			break;
		}
		count++;
		if (at_byte(&in, ':')) {
			in.at++;
			if (in.at == in.end)
				return -1;
		} else if (in.at < in.end) {
			return -1;
		}
	}
	return close_gap(address, count, gap);
}

/* The first of the longest run of two or more zero pieces; PIECES if there is none. */
static int
zero_run(const uint16_t address[static PIECES], int *len)
{
	int best = PIECES;

	*len = 1;
	for (int i = 0; i < PIECES; i++) {
		int run = 0;

		while (i + run < PIECES && address[i + run] == 0)
			run++;
		if (run > *len) {
			best = i;
			*len = run;
		}
	}
	return best;
}

static long
format_ipv6(char *dst, const uint16_t address[static PIECES])
{
	int len, zeros = zero_run(address, &len);
	char *to = dst;

	*to++ = '[';
	for (int i = 0; i < PIECES; i++) {
		if (i == zeros) {
			to += sprintf(to, i == 0 ? "::" : ":");
			i += len - 1;
			continue;
		}
		to += sprintf(to, i + 1 < PIECES ? "%x:" : "%x", address[i]);
	}
	*to++ = ']';
	return to - dst;
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

/* Has it to go through IDNA: other than ASCII in it, or a label that begins "xn--"? */
static bool
needs_idna(const char *host, size_t len)
{
	if (!ascii_is_all(host, len))
		return true;
	for (size_t i = 0; i < len; i++)
		if ((i == 0 || host[i - 1] == '.') && len - i >= 4 &&
		    strncasecmp(host + i, "xn--", 4) == 0)
			return true;
	return false;
}

/*
 * The domain in dst, len bytes, to ASCII, in place, in room for size.  Its new length,
 * or -1.  One that is ASCII already stays as it is when there is fault with its labels.
 */
static long
to_ascii(char *dst, size_t size, size_t len, const struct idna *idna)
{
	long got = idna->to_ascii(dst + len, size - len, dst, len);

	if (got >= 0)
		memmove(dst, dst + len, (size_t)got);
	else if (ascii_is_all(dst, len))
		return (long)len;
	return got;
}

static long
parse_domain(char *dst, const char *in, size_t len, const struct idna *idna)
{
	long got = (long)percent_decode(dst, in, len);
	uint32_t address;

	if (idna != NULL && needs_idna(dst, (size_t)got))
		got = to_ascii(dst, 3 * len + HOST_ROOM, (size_t)got, idna);
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
host_parse(char *dst, const char *in, size_t len, bool special, const struct idna *idna)
{
	if (len > 0 && in[0] == '[') {
		struct ipv6_text inner = { in + 1, in + len - 1 };
		uint16_t address[PIECES] = { 0 };

		if (in[len - 1] != ']' || parse_ipv6(inner, address) < 0)
			return -1;
		return format_ipv6(dst, address);
	}
	return special ? parse_domain(dst, in, len, idna) : parse_opaque(dst, in, len);
}

/* Bytes of plain hosts: letters, digits, dots; those that need a second look. */
enum { PLAIN = 1, HYPHEN = 2, CAPITAL = 4 };

/* clang-format off */
static const unsigned char plain[256] = {
	['-'] = HYPHEN, ['.'] = PLAIN,
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

/* May it be a number, or have a label "xn--"? */
static bool
is_suspicious(const char *host, size_t len, bool hyphen)
{
	size_t label = without_dot(host, len);

	while (label > 0 && host[label - 1] != '.')
		label--;
	return ascii_is_digit(host[label]) ||
	    (hyphen && memmem(host, len, "--", 2) != NULL);
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
	return at == 0 || is_suspicious(host, at, (seen & HYPHEN) != 0) ? 0 : at;
}
