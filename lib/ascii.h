/* SPDX-License-Identifier: ISC */
/*
 * ascii - what HTML and URLs say of single bytes, whatever the locale.
 */
#ifndef PAR_ASCII_H
#define PAR_ASCII_H

#include <stdbool.h>
#include <stddef.h>

/* Is it ASCII whitespace, of which HTML has no vertical tab? */
static inline bool
ascii_is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\f' ||
	    byte == '\r';
}

/* Does it end the name of a tag? */
static inline bool
ascii_ends_name(char byte)
{
	return ascii_is_blank(byte) || byte == '/' || byte == '>';
}

static inline char
ascii_lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte + 'a' - 'A') : byte;
}

static inline bool
ascii_is_letter(char byte)
{
	char lower = ascii_lower(byte);

	return lower >= 'a' && lower <= 'z';
}

static inline bool
ascii_is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static inline const char *
ascii_skip_blanks(const char *p, const char *end)
{
	while (p < end && ascii_is_blank(*p))
		p++;
	return p;
}

static inline bool
ascii_is_all(const char *data, size_t len)
{
	unsigned char all = 0;

	for (size_t i = 0; i < len; i++)
		all |= (unsigned char)data[i];
	return all < 0x80;
}

/* The value of a hexadecimal digit, or -1. */
static inline int
ascii_hex(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	return -1;
}

#endif
