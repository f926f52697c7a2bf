/* SPDX-License-Identifier: ISC */
/*
 * charset_kind - what an encoding is, by which its bytes are decoded.
 */
#ifndef PAR_LINKS_CHARSET_KIND_H
#define PAR_LINKS_CHARSET_KIND_H

#include <stdbool.h>

#include "pairs.h"

enum charset_kind {
	CHARSET_UTF8,
	CHARSET_BYTE, /* one byte a character */
	CHARSET_PAIRS, /* two, or so; ASCII stands for itself where none is open */
	CHARSET_ISO2022,
	CHARSET_UTF16,
	CHARSET_NONE /* none that may be decoded: the page is empty */
};

struct charset {
	const char *name;
	enum charset_kind kind;
	const unsigned short *high; /* of bytes 128 to 255; 0: not a character */
	enum pairs_kind pairs;
	bool big_endian;
};

#endif
