/* SPDX-License-Identifier: ISC */
/*
 * utf8_char - characters as RFC 3629 has them: is it UTF-8, and how is one written?
 */
#ifndef PAR_UTF8_CHAR_H
#define PAR_UTF8_CHAR_H

#include <stddef.h>
#include <stdint.h>

enum { UTF8_REPLACEMENT = 0xfffd, UTF8_MAX = 4 /* bytes of a character */ };

/*
 * How many of the left bytes at data, of at least 1, are a character, and *code which; 0
 * for what is none: broken, too short, of an overlong form, a surrogate, beyond Unicode.
 */
size_t utf8_char(const char *data, size_t left, uint32_t *code);

/* Write code, or U+FFFD if it is none, at dst, UTF8_MAX bytes; the end. */
char *utf8_put(char *dst, uint32_t code);

#endif
