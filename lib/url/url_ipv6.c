/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ascii.h"
#include "url_ipv6.h"

enum { PIECES = 8 };

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
		while (in->at < in->end && ascii_is_digit(*in->at)) {
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

long
ipv6_write(char *dst, const char *in, size_t len)
{
	struct ipv6_text inner = { in + 1, in + len - 1 };
	uint16_t address[PIECES] = { 0 };

	if (in[len - 1] != ']' || parse_ipv6(inner, address) < 0)
		return -1;
	return format_ipv6(dst, address);
}
