/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "diag.h"
#include "pairs.h"
#include "pairs_table.h"
#include "utf8_char.h"

enum {
	CODES = 0x30000, /* above are none of pairs */
	JIS_ROW = 94, /* also half a row of Shift_JIS */
	EUC_LAST = JIS_ROW * JIS_ROW, /* pointers of EUC-JP are below */
	USER_END = 10716, /* of Shift_JIS, from EUC_LAST: what users define */
	USER_CODE = 0xe000,
	NEC_FIRST = 8272, /* to EUC_LAST: Shift_JIS reads them, and writes others */
	BIG5_WRITTEN = (0xa1 - 0x81) * 157, /* below are pairs that are only read */
	RANGES = sizeof(ranges) / sizeof(ranges[0]),
	KATAKANA = 0xff61, /* of half width: single bytes from 0xa1 in Japanese */
	KATAKANA_LAST = 0xff9f
};

static bool
between(unsigned value, unsigned first, unsigned last)
{
	return value >= first && value <= last;
}

static bool
is_gb(enum pairs_kind kind)
{
	return kind == PAIRS_GBK || kind == PAIRS_GB18030;
}

/* May a character of several bytes begin with byte? */
static bool
is_lead(enum pairs_kind kind, unsigned char byte)
{
	if (kind == PAIRS_SHIFT_JIS)
		return between(byte, 0x81, 0x9f) || between(byte, 0xe0, 0xfc);
	if (kind == PAIRS_EUC_JP)
		return byte == 0x8e || byte == 0x8f || between(byte, 0xa1, 0xfe);
	return between(byte, 0x81, 0xfe);
}

/* How many pointers an index has. */
static unsigned
index_size(enum pairs_kind kind)
{
	switch (kind) {
	case PAIRS_BIG5:
		return sizeof(big5) / sizeof(big5[0]) - 1;
	case PAIRS_EUC_JP:
		return EUC_LAST;
	case PAIRS_EUC_KR:
		return sizeof(euc_kr) / sizeof(euc_kr[0]) - 1;
	case PAIRS_GB18030:
	case PAIRS_GBK:
		return sizeof(gb18030) / sizeof(gb18030[0]) - 1;
	case PAIRS_SHIFT_JIS:
		return sizeof(jis0208) / sizeof(jis0208[0]) - 1;
	case PAIRS_COUNT:
		break;
	}
	return 0;
}

/* The code point at a pointer of an index; 0: there is none. */
static unsigned
code_at(enum pairs_kind kind, unsigned pointer)
{
	if (pointer >= index_size(kind))
		return 0;
	switch (kind) {
	case PAIRS_BIG5:
		return big5[pointer];
	case PAIRS_EUC_KR:
		return euc_kr[pointer];
	case PAIRS_GB18030:
	case PAIRS_GBK:
		return gb18030[pointer];
	case PAIRS_EUC_JP:
	case PAIRS_SHIFT_JIS:
		return jis0208[pointer];
	case PAIRS_COUNT:
		break;
	}
	return 0;
}

static const unsigned NO_POINTER = 1U << 31;

/* The pointer of a pair. */
static unsigned
pointer_of(enum pairs_kind kind, unsigned lead, unsigned trail)
{
	switch (kind) {
	case PAIRS_BIG5:
		if (between(trail, 0x40, 0x7e))
			return (lead - 0x81) * 157 + trail - 0x40;
		return between(trail, 0xa1, 0xfe) ? (lead - 0x81) * 157 + trail - 0x62
						  : NO_POINTER;
	case PAIRS_EUC_JP:
		return between(lead, 0xa1, 0xfe) && between(trail, 0xa1, 0xfe)
		    ? (lead - 0xa1) * JIS_ROW + trail - 0xa1
		    : NO_POINTER;
	case PAIRS_EUC_KR:
		return between(trail, 0x41, 0xfe) ? (lead - 0x81) * 190 + trail - 0x41
						  : NO_POINTER;
	case PAIRS_GB18030:
	case PAIRS_GBK:
		return between(trail, 0x40, 0xfe) && trail != 0x7f
		    ? (lead - 0x81) * 190 + trail - (trail < 0x7f ? 0x40 : 0x41)
		    : NO_POINTER;
	case PAIRS_SHIFT_JIS:
		return between(trail, 0x40, 0xfc) && trail != 0x7f
		    ? (lead - (lead < 0xa0 ? 0x81 : 0xc1)) * 2 * JIS_ROW + trail -
			(trail < 0x7f ? 0x40 : 0x41)
		    : NO_POINTER;
	case PAIRS_COUNT:
		break;
	}
	return NO_POINTER;
}

/* The pair at a pointer. */
static void
pair_at(enum pairs_kind kind, unsigned pointer, char bytes[static 2])
{
	static const struct shape {
		unsigned row, lead, gap, trail, after_gap;
	} shapes[PAIRS_COUNT] = {
		[PAIRS_BIG5] = { 157, 0x81, 0x3f, 0x40, 0x62 },
		[PAIRS_EUC_JP] = { JIS_ROW, 0xa1, JIS_ROW, 0xa1, 0xa1 },
		[PAIRS_EUC_KR] = { 190, 0x81, 190, 0x41, 0x41 },
		[PAIRS_GB18030] = { 190, 0x81, 0x3f, 0x40, 0x41 },
		[PAIRS_GBK] = { 190, 0x81, 0x3f, 0x40, 0x41 },
		[PAIRS_SHIFT_JIS] = { 2 * JIS_ROW, 0x81, 0x3f, 0x40, 0x41 },
	};
	const struct shape *shape = &shapes[kind];
	unsigned lead = pointer / shape->row + shape->lead;
	unsigned trail = pointer % shape->row;

	if (kind == PAIRS_SHIFT_JIS && lead > 0x9f)
		lead += 0xc1 - 0x81;
	bytes[0] = (char)lead;
	bytes[1] = (char)(trail + (trail < shape->gap ? shape->trail : shape->after_gap));
}

/* Four pairs of Big5 are two code points: a letter, and the mark that is returned. */
static unsigned
mark_of(unsigned pointer, unsigned *code)
{
	if (pointer != 1133 && pointer != 1135 && pointer != 1164 && pointer != 1166)
		return 0;
	*code = pointer < 1164 ? 0xca : 0xea;
	return pointer == 1133 || pointer == 1164 ? 0x304 : 0x30c;
}

/* The pair at in: *code, 0 if it is none, and *mark of it.  Bytes as next(). */
static size_t
next_pair(enum pairs_kind kind, const unsigned char *in, unsigned *code, unsigned *mark)
{
	unsigned pointer = pointer_of(kind, in[0], in[1]);

	if (kind == PAIRS_EUC_JP && in[0] == 0x8e && between(in[1], 0xa1, 0xdf)) {
		*code = KATAKANA - 0xa1 + in[1];
		return 2;
	}
	*code = 0;
	if (kind == PAIRS_BIG5)
		*mark = mark_of(pointer, code);
	if (kind == PAIRS_SHIFT_JIS && between(pointer, EUC_LAST, USER_END - 1))
		*code = USER_CODE - EUC_LAST + pointer;
	if (*code == 0)
		*code = code_at(kind, pointer);
	return *code == 0 && in[1] < 0x80 ? 1 : 2;
}

/* The last of the ranges of four bytes that begins at or before a pointer. */
static const struct pairs_run *
range_at(unsigned pointer)
{
	const struct pairs_run *range = &ranges[RANGES - 1];

	while (range->pointer > pointer)
		range--;
	return range;
}

static bool
is_digit(unsigned char byte)
{
	return between(byte, '0', '9');
}

/* Four bytes of GB18030, the second of which is a digit. */
static size_t
next_of_four(const unsigned char *in, size_t len, unsigned *code)
{
	unsigned pointer;

	*code = 0;
	if (len > 2 && !between(in[2], 0x81, 0xfe))
		return 1;
	if (len < 4)
		return len;
	if (!is_digit(in[3]))
		return 1;
	pointer = ((in[0] - 0x81U) * 10 + in[1] - '0') * 1260 + (in[2] - 0x81U) * 10 +
	    in[3] - '0';
	if (pointer == 7457)
		*code = 0xe7c7;
	else if (pointer <= 39419 || between(pointer, 189000, 1237575))
		*code = range_at(pointer)->code + pointer - range_at(pointer)->pointer;
	return 4;
}

/* Three bytes of EUC-JP, JIS X 0212, the first of which says so. */
static size_t
next_of_three(const unsigned char *in, size_t len, unsigned *code)
{
	unsigned pointer;

	*code = 0;
	if (len < 3)
		return len;
	pointer = pointer_of(PAIRS_EUC_JP, in[1], in[2]);
	if (pointer < sizeof(jis0212) / sizeof(jis0212[0]) - 1)
		*code = jis0212[pointer];
	return *code == 0 && in[2] < 0x80 ? 2 : 3;
}

/* The character of the one byte, 0 if it is none. */
static unsigned
single(enum pairs_kind kind, unsigned char byte)
{
	if (kind == PAIRS_SHIFT_JIS && byte == 0x80)
		return byte;
	if (kind == PAIRS_SHIFT_JIS && between(byte, 0xa1, 0xdf))
		return KATAKANA - 0xa1 + byte;
	return is_gb(kind) && byte == 0x80 ? 0x20ac : 0;
}

/*
 * The character at in, whose first byte is not ASCII: *code, 0 if it is none, and
 * *mark, which comes after it, 0: none.  Returns its bytes, or those that U+FFFD
 * stands for: after them it goes on with what is ASCII.
 */
static size_t
next(enum pairs_kind kind, const unsigned char *in, size_t len, unsigned *code,
    unsigned *mark)
{
	*mark = 0;
	*code = single(kind, in[0]);
	if (*code != 0 || !is_lead(kind, in[0]) || len < 2)
		return 1;
	if (is_gb(kind) && is_digit(in[1]))
		return next_of_four(in, len, code);
	if (kind == PAIRS_EUC_JP && in[0] == 0x8f && between(in[1], 0xa1, 0xfe))
		return next_of_three(in, len, code);
	return next_pair(kind, in, code, mark);
}

size_t
pairs_decode(enum pairs_kind kind, char *dst, const char *data, size_t len)
{
	const unsigned char *in = (const unsigned char *)data;
	char *to = dst;

	for (size_t i = 0; i < len;) {
		unsigned code, mark;

		if (in[i] < 0x80) {
			*to++ = data[i++];
			continue;
		}
		i += next(kind, in + i, len - i, &code, &mark);
		to = utf8_put(to, code == 0 ? UTF8_REPLACEMENT : code);
		if (mark != 0)
			to = utf8_put(to, mark);
	}
	return (size_t)(to - dst);
}

unsigned
pairs_jis(unsigned char row, unsigned char column)
{
	return code_at(PAIRS_EUC_JP, pointer_of(PAIRS_EUC_JP, row | 0x80, column | 0x80));
}

/* Is a pointer read, and its character written as another, or not at all? */
static bool
is_only_read(enum pairs_kind kind, unsigned pointer)
{
	return (kind == PAIRS_BIG5 && pointer < BIG5_WRITTEN) ||
	    (kind == PAIRS_SHIFT_JIS && between(pointer, NEC_FIRST, EUC_LAST - 1));
}

/* Of pairs that mean the same, is the last one written? */
static bool
is_last_written(enum pairs_kind kind, unsigned code)
{
	return kind == PAIRS_BIG5 &&
	    (code == 0x2550 || code == 0x255e || code == 0x2561 || code == 0x256a ||
		code == 0x5341 || code == 0x5345);
}

/* Characters that GB18030 has moved: written as pairs, which are read as others. */
static const struct {
	uint16_t code, pair;
} moved[] = {
	{ 0xe78d, 0xa6d9 },
	{ 0xe78e, 0xa6da },
	{ 0xe78f, 0xa6db },
	{ 0xe790, 0xa6dc },
	{ 0xe791, 0xa6dd },
	{ 0xe792, 0xa6de },
	{ 0xe793, 0xa6df },
	{ 0xe794, 0xa6ec },
	{ 0xe795, 0xa6ed },
	{ 0xe796, 0xa6f3 },
	{ 0xe81e, 0xfe59 },
	{ 0xe826, 0xfe61 },
	{ 0xe82b, 0xfe66 },
	{ 0xe82c, 0xfe67 },
	{ 0xe832, 0xfe6d },
	{ 0xe843, 0xfe7e },
	{ 0xe854, 0xfe90 },
	{ 0xe864, 0xfea0 },
};

static uint16_t *
make_pointers(enum pairs_kind kind)
{
	uint16_t *pointers = calloc(CODES, sizeof(*pointers));

	if (pointers == NULL)
		die(STATUS_BROKEN, errno, "encodings");
	for (unsigned pointer = 0; pointer < index_size(kind); pointer++) {
		unsigned code = code_at(kind, pointer);

		if (code == 0 || code >= CODES || is_only_read(kind, pointer))
			continue;
		if (pointers[code] == 0 || is_last_written(kind, code))
			pointers[code] = (uint16_t)(pointer + 1);
	}
	for (size_t i = 0; i < sizeof(moved) / sizeof(moved[0]) && is_gb(kind); i++)
		pointers[moved[i].code] = (uint16_t)(1 +
		    pointer_of(kind, moved[i].pair >> 8, moved[i].pair & 0xff));
	return pointers;
}

void
pairs_release(struct pairs_encoders *encoders)
{
	for (enum pairs_kind kind = 0; kind < PAIRS_COUNT; kind++)
		free(encoders->pointers[kind]);
}

/* The characters that the encoders of Japanese know beside their index. */
static size_t
encode_japanese(enum pairs_kind kind, char *dst, unsigned *code)
{
	char *to = dst;

	if (*code == 0x2212)
		*code = 0xff0d;
	if (*code == 0xa5) {
		*to++ = '\\';
	} else if (*code == 0x203e) {
		*to++ = '~';
	} else if (*code == 0x80 && kind == PAIRS_SHIFT_JIS) {
		*to++ = '\x80';
	} else if (between(*code, KATAKANA, KATAKANA_LAST)) {
		if (kind == PAIRS_EUC_JP)
			*to++ = '\x8e';
		*to++ = (char)(*code - KATAKANA + 0xa1);
	}
	return (size_t)(to - dst);
}

/* In GB18030 what has no pair has four bytes. */
static size_t
encode_four(char *dst, unsigned code)
{
	const struct pairs_run *range = &ranges[RANGES - 1];
	unsigned pointer;

	if (code < ranges[0].code)
		return 0;
	while (range->code > code)
		range--;
	pointer = code == 0xe7c7 ? 7457 : range->pointer + code - range->code;
	dst[0] = (char)(pointer / 12600 + 0x81);
	dst[1] = (char)(pointer / 1260 % 10 + '0');
	dst[2] = (char)(pointer / 10 % 126 + 0x81);
	dst[3] = (char)(pointer % 10 + '0');
	return 4;
}

size_t
pairs_encode(
    struct pairs_encoders *encoders, enum pairs_kind kind, char *dst, unsigned code)
{
	uint16_t **pointers = &encoders->pointers[kind];
	size_t got = 0;

	if (*pointers == NULL)
		*pointers = make_pointers(kind);
	if (kind == PAIRS_EUC_JP || kind == PAIRS_SHIFT_JIS)
		got = encode_japanese(kind, dst, &code);
	if (got > 0)
		return got;
	if (kind == PAIRS_GBK && code == 0x20ac) {
		*dst = '\x80';
		return 1;
	}
	if (code < CODES && (*pointers)[code] > 0) {
		pair_at(kind, (*pointers)[code] - 1U, dst);
		return 2;
	}
	return kind == PAIRS_GB18030 && code != 0xe5e5 ? encode_four(dst, code) : 0;
}
