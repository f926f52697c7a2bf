/* SPDX-License-Identifier: ISC */
#include "utf8.h"

size_t
utf8_length(const char *data, size_t len, size_t *bad)
{
	const unsigned char *in = (const unsigned char *)data;
	unsigned char first = in[0], low = 0x80, high = 0xbf;
	size_t want;

	*bad = 1;
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	want = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (first == 0xe0)
		low = 0xa0;
	if (first == 0xed)
		high = 0x9f;
	if (first == 0xf0)
		low = 0x90;
	if (first == 0xf4)
		high = 0x8f;
	for (size_t i = 1; i < want; i++) {
		if (i == len || in[i] < low || in[i] > high) {
			*bad = i;
			return 0;
		}
		low = 0x80;
		high = 0xbf;
	}
	return want;
}

unsigned
utf8_code(const char *data, size_t len)
{
	unsigned code = (unsigned char)data[0];

	if (len > 1)
		code &= 0xffU >> (len + 1);
	for (size_t i = 1; i < len; i++)
		code = code << 6 | ((unsigned char)data[i] & 0x3f);
	return code;
}
