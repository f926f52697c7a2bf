/* SPDX-License-Identifier: ISC */
/*
 * utf8 - the characters of UTF-8, as the Encoding Standard decodes them.
 */
#ifndef PAR_LINKS_UTF8_H
#define PAR_LINKS_UTF8_H

#include <stddef.h>

enum { UTF8_REPLACEMENT = 0xfffd, UTF8_MAX = 4 /* bytes of a character */ };

/*
 * The bytes of the character at data, of which there are len, one or more; 0 if it
 * is none, and then *bad bytes are to be replaced as one.
 */
size_t utf8_length(const char *data, size_t len, size_t *bad);

/* The code point of a character of len bytes. */
unsigned utf8_code(const char *data, size_t len);

/* Write code, or U+FFFD if it is none, at dst, UTF8_MAX bytes; the end. */
char *utf8_put(char *dst, unsigned code);

#endif
