/* SPDX-License-Identifier: ISC */
/*
 * utf8_char - is it UTF-8?  A character at a time, as RFC 3629, 4, has it.
 */
#ifndef PAR_UTF8_CHAR_H
#define PAR_UTF8_CHAR_H

#include <stddef.h>
#include <stdint.h>

/*
 * How many of the left bytes at data, of at least 1, are a character, and *code which; 0
 * for what is none: broken, too short, of an overlong form, a surrogate, beyond Unicode.
 */
size_t utf8_char(const char *data, size_t left, uint32_t *code);

#endif
