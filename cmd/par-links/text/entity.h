/* SPDX-License-Identifier: ISC */
/*
 * entity - character references of HTML: &amp; &#38; &#x26; and 2231 names.
 */
#ifndef PAR_LINKS_ENTITY_H
#define PAR_LINKS_ENTITY_H

#include <stdbool.h>
#include <stddef.h>

enum { ENTITY_GROWTH = 3 }; /* a byte may become so many: NUL becomes U+FFFD */

/*
 * Decode len bytes of src, UTF-8, into dst, which has room for ENTITY_GROWTH
 * times as many; no overlap.  In an attribute a name without its semicolon that
 * runs on into a letter, a digit or "=" stays as it is, as in "?a=1&copy=2".
 * NUL becomes U+FFFD.  Returns how many bytes were written.
 */
size_t entity_decode(char *dst, const char *src, size_t len, bool attribute);

/* Does it hold anything to decode? */
bool entity_needed(const char *src, size_t len);

#endif
