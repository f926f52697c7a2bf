/* SPDX-License-Identifier: ISC */
#include "utf8_char.h"

enum { CODE_MAX = 0x10ffff };

size_t
utf8_char(const char *data, size_t left, uint32_t *code)
{
	const unsigned char *p = (const unsigned char *)data;
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

	*code = p[0];
	if (len == 1)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4 || len > left)
		return 0;
	*code = p[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (p[i] & 0x3fu);
	}
	if ((len == 3 && *code < 0x800) || (len == 4 && *code < 0x10000) ||
	    (*code >= 0xd800 && *code < 0xe000) || *code > CODE_MAX)
		return 0;
	return len;
}

char *
utf8_put(char *dst, uint32_t code)
{
	if (code > CODE_MAX || (code >= 0xd800 && code <= 0xdfff))
		code = UTF8_REPLACEMENT;
	if (code < 0x80) {
		*dst++ = (char)code;
		return dst;
	}
	if (code < 0x800) {
		*dst++ = (char)(0xc0 | code >> 6);
	} else {
		if (code < 0x10000) {
			*dst++ = (char)(0xe0 | code >> 12);
		} else {
			*dst++ = (char)(0xf0 | code >> 18);
			*dst++ = (char)(0x80 | (code >> 12 & 0x3f));
		}
		*dst++ = (char)(0x80 | (code >> 6 & 0x3f));
	}
	*dst++ = (char)(0x80 | (code & 0x3f));
	return dst;
}
