/* SPDX-License-Identifier: ISC */
/*
 * pairs - the encodings of East Asia, most of whose characters are pairs of bytes:
 * the decoders and encoders of the Encoding Standard, on its own indexes.
 */
#ifndef PAR_LINKS_PAIRS_H
#define PAR_LINKS_PAIRS_H

#include <stddef.h>
#include <stdint.h>

enum pairs_kind {
	PAIRS_BIG5,
	PAIRS_EUC_JP,
	PAIRS_EUC_KR,
	PAIRS_GB18030,
	PAIRS_GBK,
	PAIRS_SHIFT_JIS,
	PAIRS_COUNT
};

/* For each of them 1 + the pointer of a code point, 0: it has none; made when needed. */
struct pairs_encoders {
	uint16_t *pointers[PAIRS_COUNT];
};

enum { PAIRS_ROOM = 4 };

void pairs_release(struct pairs_encoders *encoders);

/* Decode len bytes to UTF-8; dst has room for 3 * len.  Returns the length. */
size_t pairs_decode(enum pairs_kind kind, char *dst, const char *data, size_t len);

/* The character of JIS X 0208 in this row and column, from 0x21; 0: there is none. */
unsigned pairs_jis(unsigned char row, unsigned char column);

/*
 * Write code to dst, PAIRS_ROOM bytes; how many it took, 0: it is not in there.  Ends
 * the program without memory.
 */
size_t pairs_encode(
    struct pairs_encoders *encoders, enum pairs_kind kind, char *dst, unsigned code);

#endif
