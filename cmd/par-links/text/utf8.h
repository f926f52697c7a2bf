/* SPDX-License-Identifier: ISC */
/*
 * utf8 - the characters of UTF-8, as the Encoding Standard decodes them.
 */
#ifndef PAR_LINKS_UTF8_H
#define PAR_LINKS_UTF8_H

#include <stddef.h>

/*
 * The bytes of the character at data, of which there are len, one or more; 0 if it
 * is none, and then *bad bytes are to be replaced as one.
 */
size_t utf8_length(const char *data, size_t len, size_t *bad);

/* The code point of a character of len bytes. */
unsigned utf8_code(const char *data, size_t len);

#endif
