/* SPDX-License-Identifier: ISC */
/*
 * punycode - labels of domains that libidn2 has no way to encode: IDNA2008 has no
 * symbols in names, but the URL Standard, which follows UTS 46, has, and there
 * are such names.
 */
#ifndef PAR_LINKS_PUNYCODE_H
#define PAR_LINKS_PUNYCODE_H

#include <stddef.h>

enum { PUNYCODE_LABEL_MAX = 63, PUNYCODE_ROOM = 128 };

/*
 * Encode a label, len bytes of UTF-8 made of ASCII letters, digits, hyphens and at
 * least one of the symbols and pictures of U+2600 to U+27BF and U+1F300 to U+1FAFF,
 * as "xn--...", dst having PUNYCODE_ROOM bytes.  Returns its length, or 0 if it is
 * not of that kind, or too long.
 */
size_t punycode_symbols(char *dst, const char *label, size_t len);

#endif
