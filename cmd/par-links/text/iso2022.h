/* SPDX-License-Identifier: ISC */
/*
 * iso2022 - ISO-2022-JP, whose escape sequences say what the bytes after them are:
 * decoder and encoder of the Encoding Standard.  Its characters are those of EUC-JP.
 */
#ifndef PAR_LINKS_ISO2022_H
#define PAR_LINKS_ISO2022_H

#include "pairs.h"

/* What bytes are: ASCII to begin with. */
enum iso2022 { ISO2022_ASCII, ISO2022_ROMAN, ISO2022_KATAKANA, ISO2022_JIS };

enum { ISO2022_ROOM = 8 };

/* Decode len bytes to UTF-8; dst has room for 3 * len.  Returns the length. */
size_t iso2022_decode(char *dst, const char *data, size_t len);

/*
 * Write code, and the escape sequence that it needs, to dst, ISO2022_ROOM bytes; how
 * many it took, 0: it is not in there.
 */
size_t iso2022_encode(
    struct pairs_encoders *encoders, enum iso2022 *state, char *dst, unsigned code);

/* Go to a state: the escape sequence at dst, if one is needed. */
size_t iso2022_enter(enum iso2022 *state, enum iso2022 wanted, char *dst);

#endif
