/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ascii.h"
#include "diag.h"
#include "pairs.h"
#include "pairs_table.h"
#include "utf8.h"

enum {
	LEAD = 0x81,
	LEADS = 0xfe - LEAD + 1,
	TRAIL = 0x40,
	TRAILS = 0xfe - TRAIL + 1,
	CODES = 0x30000, /* above are none */
	COMBINED = 16 /* bits to a second code point, of four pairs of Big5 */
};

/*
 * What iconv calls them - the pairs of EUC-JP are those of Shift_JIS, elsewhere - and
 * which bytes may end a pair: from the first to the last, but not those of a gap.
 */
static const struct facts {
	const char *pair, *longer, *back;
	unsigned char first, last, gap, gap_end;
} facts[PAIRS_COUNT] = {
	[PAIRS_BIG5] = { "BIG5-HKSCS", NULL, NULL, 0x40, 0xfe, 0x7f, 0xa1 },
	[PAIRS_EUC_JP] = { "CP932", "EUC-JP", NULL, 0xa1, 0xfe, 0, 0 },
	[PAIRS_EUC_KR] = { "CP949", NULL, NULL, 0x41, 0xfe, 0, 0 },
	[PAIRS_GB18030] = { "GB18030", "GB18030", "GB18030", 0x40, 0xfe, 0x7f, 0x80 },
	[PAIRS_GBK] = { "GB18030", "GB18030", NULL, 0x40, 0xfe, 0x7f, 0x80 },
	[PAIRS_SHIFT_JIS] = { "CP932", NULL, NULL, 0x40, 0xfc, 0x7f, 0x80 },
};

static iconv_t
no_converter(void)
{
	return (iconv_t)(intptr_t)-1;
}

static iconv_t
open_converter(const char *to, const char *from)
{
	return to == NULL || from == NULL ? no_converter() : iconv_open(to, from);
}

static void
close_converter(iconv_t cd)
{
	if (cd != no_converter())
		iconv_close(cd);
}

void
pairs_open(struct pairs *pairs, enum pairs_kind kind)
{
	*pairs = (struct pairs){
		.kind = kind,
		.pair = open_converter("UTF-8", facts[kind].pair),
		.longer = open_converter("UTF-8", facts[kind].longer),
		.back = open_converter(facts[kind].back, "UTF-8"),
	};
}

void
pairs_close(struct pairs *pairs)
{
	close_converter(pairs->pair);
	close_converter(pairs->longer);
	close_converter(pairs->back);
	free(pairs->codes);
	free(pairs->places);
}

/* All of in by cd to dst, size bytes; how many it took, 0 if it could not be. */
static size_t
convert(iconv_t cd, void *dst, size_t size, const unsigned char *in, size_t len)
{
	char bytes[4], *from = bytes, *to = dst;

	if (cd == no_converter())
		return 0;
	memcpy(bytes, in, len);
	iconv(cd, NULL, NULL, NULL, NULL);
	if (iconv(cd, &from, &len, &to, &size) == (size_t)-1)
		return 0;
	return (size_t)(to - (char *)dst);
}

/* The code point of UTF-8, or two, combined; 0 if it is anything else. */
static uint32_t
code_of(const char *utf8, size_t len)
{
	size_t bad, first = len == 0 ? 0 : utf8_length(utf8, len, &bad);
	uint32_t mark, code = first == 0 ? 0 : utf8_code(utf8, first);

	if (len == first)
		return code;
	utf8 += first;
	len -= first;
	if (first == 0 || utf8_length(utf8, len, &bad) != len)
		return 0;
	mark = utf8_code(utf8, len);
	return mark >= 0x300 && mark < 0x370 ? mark << COMBINED | code : 0;
}

static uint32_t
convert_one(iconv_t cd, const unsigned char *in, size_t len)
{
	char utf8[8];

	return code_of(utf8, convert(cd, utf8, sizeof(utf8), in, len));
}

/* May a pair begin with byte? */
static bool
is_lead(enum pairs_kind kind, unsigned char byte)
{
	if (kind == PAIRS_SHIFT_JIS)
		return (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);
	if (kind == PAIRS_EUC_JP)
		return byte == 0x8e || byte == 0x8f || (byte >= 0xa1 && byte <= 0xfe);
	return byte >= LEAD && byte <= 0xfe;
}

/* May it end with byte? */
static bool
is_trail(enum pairs_kind kind, unsigned char byte)
{
	const struct facts *f = &facts[kind];

	return byte >= f->first && byte <= f->last &&
	    (byte < f->gap || byte >= f->gap_end);
}

static bool
is_pair(enum pairs_kind kind, const unsigned char bytes[static 2])
{
	return is_lead(kind, bytes[0]) && is_trail(kind, bytes[1]);
}

static size_t
place_of(const unsigned char bytes[static 2])
{
	return (size_t)(bytes[0] - LEAD) * TRAILS + (size_t)(bytes[1] - TRAIL);
}

static void
bytes_of(unsigned char bytes[static 2], size_t place)
{
	bytes[0] = (unsigned char)(LEAD + place / TRAILS);
	bytes[1] = (unsigned char)(TRAIL + place % TRAILS);
}

/* A pair of EUC-JP as Shift_JIS has it: two rows of 94 are one of 188. */
static void
euc_to_shift_jis(unsigned char bytes[static 2])
{
	unsigned row = bytes[0] - 0xa1U, column = bytes[1] - 0xa1U + 94 * (row % 2);

	bytes[0] = (unsigned char)(row / 2 + (row / 2 < 0x1f ? 0x81 : 0xc1));
	bytes[1] = (unsigned char)(column + (column < 0x3f ? 0x40 : 0x41));
}

/* Is a character not written as this pair, but as another, or not at all? */
static bool
is_only_read(enum pairs_kind kind, unsigned char lead)
{
	if (kind == PAIRS_BIG5)
		return lead < 0xa1;
	return kind == PAIRS_SHIFT_JIS &&
	    (lead == 0xed || lead == 0xee || (lead >= 0xf0 && lead <= 0xf9));
}

/* Of pairs that mean the same, is the last one written? */
static bool
is_last_written(enum pairs_kind kind, uint32_t code)
{
	return kind == PAIRS_BIG5 &&
	    (code == 0x2550 || code == 0x255e || code == 0x2561 || code == 0x256a ||
		code == 0x5341 || code == 0x5345);
}

static void
correct(struct pairs *pairs)
{
	for (size_t i = 0; i < CORRECTIONS; i++) {
		const struct correction *c = &corrections[i];
		const unsigned char bytes[2] = { (unsigned char)(c->pair >> 8),
			(unsigned char)c->pair };

		if (c->kind == pairs->kind)
			pairs->codes[place_of(bytes)] = c->code;
	}
}

/* Make the indexes, once. */
static void
make(struct pairs *pairs)
{
	unsigned char bytes[2];

	if (pairs->codes != NULL)
		return;
	pairs->codes = calloc(LEADS * TRAILS, sizeof(*pairs->codes));
	pairs->places = calloc(CODES, sizeof(*pairs->places));
	if (pairs->codes == NULL || pairs->places == NULL)
		die(STATUS_BROKEN, errno, "encodings");
	for (size_t place = 0; place < LEADS * TRAILS; place++) {
		bytes_of(bytes, place);
		if (!is_pair(pairs->kind, bytes))
			continue;
		if (pairs->kind == PAIRS_EUC_JP && bytes[0] < 0xa1)
			continue;
		if (pairs->kind == PAIRS_EUC_JP)
			euc_to_shift_jis(bytes);
		pairs->codes[place] = convert_one(pairs->pair, bytes, 2);
	}
	correct(pairs);
	for (size_t place = 0; place < LEADS * TRAILS; place++) {
		uint32_t code = pairs->codes[place];

		bytes_of(bytes, place);
		if (code == 0 || code >= CODES || is_only_read(pairs->kind, bytes[0]))
			continue;
		if (pairs->places[code] == 0 || is_last_written(pairs->kind, code))
			pairs->places[code] = (uint16_t)(place + 1);
	}
}

static bool
is_digit(unsigned char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Four bytes of GB18030, the second of which is a digit. */
static size_t
next_of_four(
    const struct pairs *pairs, const unsigned char *in, size_t len, uint32_t *code)
{
	*code = 0;
	if (len < 4 || in[2] < 0x81 || in[2] > 0xfe || !is_digit(in[3]))
		return 1;
	*code = convert_one(pairs->longer, in, 4);
	/* These three are what iconv takes for its own private use. */
	if (memcmp(in, "\x82\x35\x90", 3) == 0 && in[3] >= '7')
		*code = 0x9fb4 + in[3] - '7';
	return 4;
}

/* Three bytes of EUC-JP, JIS X 0212, the first of which says so. */
static size_t
next_of_three(
    const struct pairs *pairs, const unsigned char *in, size_t len, uint32_t *code)
{
	*code = 0;
	if (len < 3 || in[2] < 0x80)
		return 2;
	*code = convert_one(pairs->longer, in, 3);
	return 3;
}

/*
 * The character at in: *code, 0 if it is none.  Returns its bytes, or those that
 * U+FFFD stands for: after them it goes on with what is ASCII.
 */
static size_t
next(const struct pairs *pairs, const unsigned char *in, size_t len, uint32_t *code)
{
	enum pairs_kind kind = pairs->kind;

	*code = in[0];
	if (kind == PAIRS_SHIFT_JIS && in[0] == 0x80)
		return 1;
	if (kind == PAIRS_SHIFT_JIS && in[0] >= 0xa1 && in[0] <= 0xdf) {
		*code = 0xff61U - 0xa1 + in[0];
		return 1;
	}
	if ((kind == PAIRS_GBK || kind == PAIRS_GB18030) && in[0] == 0x80) {
		*code = 0x20ac;
		return 1;
	}
	*code = 0;
	if (!is_lead(kind, in[0]) || len < 2)
		return 1;
	if ((kind == PAIRS_GBK || kind == PAIRS_GB18030) && is_digit(in[1]))
		return next_of_four(pairs, in, len, code);
	if (kind == PAIRS_EUC_JP && in[0] == 0x8f && is_trail(kind, in[1]))
		return next_of_three(pairs, in, len, code);
	if (kind == PAIRS_EUC_JP && in[0] == 0x8e && in[1] >= 0xa1 && in[1] <= 0xdf)
		*code = 0xff61U - 0xa1 + in[1];
	else if (is_trail(kind, in[1]))
		*code = pairs->codes[place_of(in)];
	return *code == 0 && in[1] < 0x80 ? 1 : 2;
}

size_t
pairs_decode(struct pairs *pairs, char *dst, const char *data, size_t len)
{
	const unsigned char *in = (const unsigned char *)data;
	char *to = dst;

	make(pairs);
	for (size_t i = 0; i < len;) {
		uint32_t code;

		if (in[i] < 0x80) {
			*to++ = data[i++];
			continue;
		}
		i += next(pairs, in + i, len - i, &code);
		if (code >> COMBINED > 0x10) {
			to = utf8_put(to, code & 0xffff);
			code >>= COMBINED;
		}
		to = utf8_put(to, code == 0 ? UTF8_REPLACEMENT : code);
	}
	return (size_t)(to - dst);
}

unsigned
pairs_jis(struct pairs *euc_jp, unsigned char row, unsigned char column)
{
	const unsigned char bytes[2] = { row | 0x80, column | 0x80 };

	make(euc_jp);
	return is_pair(PAIRS_EUC_JP, bytes) ? euc_jp->codes[place_of(bytes)] : 0;
}

/* The characters that the encoders of Japanese know beside their index. */
static size_t
encode_japanese(const struct pairs *pairs, char *dst, unsigned *code)
{
	char *to = dst;

	if (*code == 0x2212)
		*code = 0xff0d;
	if (*code == 0xa5) {
		*to++ = '\\';
	} else if (*code == 0x203e) {
		*to++ = '~';
	} else if (*code == 0x80 && pairs->kind == PAIRS_SHIFT_JIS) {
		*to++ = '\x80';
	} else if (*code >= 0xff61 && *code <= 0xff9f) {
		if (pairs->kind == PAIRS_EUC_JP)
			*to++ = '\x8e';
		*to++ = (char)(*code - 0xff61 + 0xa1);
	}
	return (size_t)(to - dst);
}

size_t
pairs_encode(struct pairs *pairs, char *dst, unsigned code)
{
	size_t got = 0;
	char utf8[4];

	make(pairs);
	if (pairs->kind == PAIRS_EUC_JP || pairs->kind == PAIRS_SHIFT_JIS)
		got = encode_japanese(pairs, dst, &code);
	if (got > 0)
		return got;
	if (pairs->kind == PAIRS_GBK && code == 0x20ac) {
		*dst = '\x80';
		return 1;
	}
	if (code < CODES && pairs->places[code] > 0) {
		unsigned char bytes[2];

		bytes_of(bytes, pairs->places[code] - 1U);
		memcpy(dst, bytes, 2);
		return 2;
	}
	if (pairs->kind != PAIRS_GB18030 || code == 0xe5e5)
		return 0;
	return convert(pairs->back, dst, PAIRS_ROOM, (unsigned char *)utf8,
	    (size_t)(utf8_put(utf8, code) - utf8));
}
