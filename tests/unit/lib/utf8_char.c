/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "check.h"
#include "utf8_char.h"

/* The bytes of code as RFC 3629 has them; how many. */
static size_t
encode(uint32_t code, char to[static 4])
{
	if (code < 0x80) {
		to[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		to[0] = (char)(0xc0 | code >> 6);
		to[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		to[0] = (char)(0xe0 | code >> 12);
		to[1] = (char)(0x80 | (code >> 6 & 0x3f));
		to[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | code >> 18);
	to[1] = (char)(0x80 | (code >> 12 & 0x3f));
	to[2] = (char)(0x80 | (code >> 6 & 0x3f));
	to[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/* Each character is one, and none where a byte is missing. */
static void
characters(void)
{
	for (uint32_t code = 0; code < 0x200000; code++) {
		bool none = (code >= 0xd800 && code < 0xe000) || code > 0x10ffff;
		char text[4], put[UTF8_MAX], *end;
		uint32_t got;
		size_t len = encode(code, text);

		check_at(code + 1);
		check_is(utf8_char(text, len, &got), none ? 0 : len);
		end = utf8_put(put, code);
		if (none)
			check_bytes(put, end - put, "\xef\xbf\xbd", 3);
		else
			check_bytes(put, end - put, text, len);
		if (!none)
			check_is(got, code);
		if (len > 1)
			check_is(utf8_char(text, len - 1, &got), 0);
	}
}

/* Nothing else is one: what is taken is what its character is written as. */
static void
nothing_else(void)
{
	static const unsigned char seconds[] = { 0, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0,
		0xbf, 0xc0, 0xff };
	enum { COUNT = sizeof(seconds) };

	for (unsigned n = 0; n < 256 * COUNT * COUNT * COUNT; n++) {
		char text[4] = { (char)(n % 256), (char)seconds[n / 256 % COUNT],
			(char)seconds[n / 256 / COUNT % COUNT],
			(char)seconds[n / 256 / COUNT / COUNT] };
		char again[4];
		uint32_t code;
		size_t len = utf8_char(text, 4, &code);

		check_at(n + 1);
		if (len == 0)
			continue;
		check_is(encode(code, again), len);
		check(memcmp(text, again, len) == 0);
	}
}

TESTS("utf8_char", { "each character is one", characters },
    { "nothing else is", nothing_else })
