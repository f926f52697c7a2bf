/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <string.h>

#include "iso2022.h"
#include "utf8_char.h"

enum { ESCAPE = 0x1b, ESCAPE_LEN = 3 };

/* What follows the escape byte; the first of each state is the one that is written. */
static const struct escape {
	char text[ESCAPE_LEN];
	enum iso2022 state;
} escapes[] = {
	{ "(B", ISO2022_ASCII },
	{ "(J", ISO2022_ROMAN },
	{ "(I", ISO2022_KATAKANA },
	{ "$B", ISO2022_JIS },
	{ "$@", ISO2022_JIS },
};

/* The escape sequence at in, or NULL. */
static const struct escape *
escape_at(const char *in, size_t len)
{
	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
		if (len >= ESCAPE_LEN && memcmp(in + 1, escapes[i].text, 2) == 0)
			return &escapes[i];
	return NULL;
}

/* A byte that stands alone; UTF8_REPLACEMENT if it cannot. */
static unsigned
single(enum iso2022 state, unsigned char byte)
{
	if (state == ISO2022_KATAKANA)
		return byte >= 0x21 && byte <= 0x5f ? 0xff61U - 0x21 + byte
						    : UTF8_REPLACEMENT;
	if (byte >= 0x80 || byte == 0x0e || byte == 0x0f || byte == ESCAPE)
		return UTF8_REPLACEMENT;
	if (state == ISO2022_ROMAN && byte == '\\')
		return 0xa5;
	return state == ISO2022_ROMAN && byte == '~' ? 0x203e : byte;
}

static bool
is_of_jis(char byte)
{
	return byte >= 0x21 && byte <= 0x7e;
}

/* The character of two bytes at in; *code of it.  The bytes it took. */
static size_t
pair(const char *in, size_t len, unsigned *code)
{
	*code = UTF8_REPLACEMENT;
	if (!is_of_jis(in[0]) || len < 2 || in[1] == ESCAPE)
		return 1;
	if (is_of_jis(in[1]))
		*code = pairs_jis((unsigned char)in[0], (unsigned char)in[1]);
	if (*code == 0)
		*code = UTF8_REPLACEMENT;
	return 2;
}

size_t
iso2022_decode(char *dst, const char *data, size_t len)
{
	enum iso2022 state = ISO2022_ASCII;
	bool nothing_since = false; /* since the last escape sequence */
	char *to = dst;

	for (size_t i = 0; i < len;) {
		const struct escape *escape =
		    data[i] == ESCAPE ? escape_at(data + i, len - i) : NULL;
		unsigned code = UTF8_REPLACEMENT;

		if (escape != NULL) {
			state = escape->state;
			i += ESCAPE_LEN;
			if (nothing_since)
				to = utf8_put(to, code);
			nothing_since = true;
			continue;
		}
		nothing_since = false;
		if (state == ISO2022_JIS)
			i += pair(data + i, len - i, &code);
		else
			code = single(state, (unsigned char)data[i++]);
		to = utf8_put(to, code);
	}
	return (size_t)(to - dst);
}

size_t
iso2022_enter(enum iso2022 *state, enum iso2022 wanted, char *dst)
{
	const struct escape *escape = escapes;

	if (*state == wanted)
		return 0;
	*state = wanted;
	while (escape->state != wanted)
		escape++;
	dst[0] = ESCAPE;
	memcpy(dst + 1, escape->text, 2);
	return ESCAPE_LEN;
}

/* Katakana of half width are written as those of full width. */
static unsigned
full_width(unsigned code)
{
	static const unsigned char katakana[] = { /* from U+FF66, of U+3000 */
		0xf2, 0xa1, 0xa3, 0xa5, 0xa7, 0xa9, 0xe3, 0xe5, 0xe7, 0xc3, 0xfc, 0xa2,
		0xa4, 0xa6, 0xa8, 0xaa, 0xab, 0xad, 0xaf, 0xb1, 0xb3, 0xb5, 0xb7, 0xb9,
		0xbb, 0xbd, 0xbf, 0xc1, 0xc4, 0xc6, 0xc8, 0xca, 0xcb, 0xcc, 0xcd, 0xce,
		0xcf, 0xd2, 0xd5, 0xd8, 0xdb, 0xde, 0xdf, 0xe0, 0xe1, 0xe2, 0xe4, 0xe6,
		0xe8, 0xe9, 0xea, 0xeb, 0xec, 0xed, 0xef, 0xf3, 0x9b, 0x9c
	};
	static const unsigned char signs[] = { 0x02, 0x0c, 0x0d, 0x01, 0xfb };

	if (code >= 0xff66 && code - 0xff66 < sizeof(katakana))
		return 0x3000U + katakana[code - 0xff66];
	return code >= 0xff61 && code < 0xff66 ? 0x3000U + signs[code - 0xff61] : code;
}

size_t
iso2022_encode(
    struct pairs_encoders *encoders, enum iso2022 *state, char *dst, unsigned code)
{
	char bytes[PAIRS_ROOM], *to = dst;
	bool roman = code == 0xa5 || code == 0x203e;

	if (code < 0x80) {
		if (*state != ISO2022_ROMAN || code == '\\' || code == '~')
			to += iso2022_enter(state, ISO2022_ASCII, to);
		*to++ = (char)code;
		return (size_t)(to - dst);
	}
	if (pairs_encode(encoders, PAIRS_EUC_JP, bytes, full_width(code)) !=
	    (roman ? 1 : 2))
		return 0;
	to += iso2022_enter(state, roman ? ISO2022_ROMAN : ISO2022_JIS, to);
	for (size_t i = 0; i < (roman ? 1 : 2); i++)
		*to++ = bytes[i] & 0x7f;
	return (size_t)(to - dst);
}
