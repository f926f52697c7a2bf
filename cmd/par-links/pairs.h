/* SPDX-License-Identifier: ISC */
/*
 * pairs - the encodings of East Asia, most of whose characters are pairs of bytes:
 * the decoders and encoders of the Encoding Standard.  Their indexes are made, when
 * a page first needs one, of what iconv(3) says of each pair and of what the standard
 * has otherwise.
 */
#ifndef PAR_LINKS_PAIRS_H
#define PAR_LINKS_PAIRS_H

#include <iconv.h>
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

/* One of them. */
struct pairs {
	enum pairs_kind kind;
	iconv_t pair, longer, back; /* to UTF-8: pairs, and what is longer; from UTF-8 */
	uint32_t *codes; /* by pair; NULL: not made yet */
	uint16_t *places; /* by code point: 1 + which pair; 0: none */
};

enum { PAIRS_ROOM = 4 };

/* Open its converters: later there may be no files to be read. */
void pairs_open(struct pairs *pairs, enum pairs_kind kind);
void pairs_close(struct pairs *pairs);

/* Decode len bytes to UTF-8; dst has room for 3 * len.  Returns the length. */
size_t pairs_decode(struct pairs *pairs, char *dst, const char *data, size_t len);

/* The character of JIS X 0208 in this row and column, from 0x21; 0: there is none. */
unsigned pairs_jis(struct pairs *euc_jp, unsigned char row, unsigned char column);

/* Write code to dst, PAIRS_ROOM bytes; how many it took, 0: it is not in there. */
size_t pairs_encode(struct pairs *pairs, char *dst, unsigned code);

#endif
