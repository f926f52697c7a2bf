/* SPDX-License-Identifier: ISC */
/*
 * punycode - characters of all scripts in letters, digits and hyphens, by RFC 3492.
 */
#ifndef PAR_PUNYCODE_H
#define PAR_PUNYCODE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Write len code points to dst, room for size bytes.  How many bytes, or -1: there is no
 * room, or the numbers would be too large.  It takes time by the square of len.
 */
long punycode_encode(char *dst, size_t size, const uint32_t *text, size_t len);

/*
 * Read len bytes, and write the code points to dst, room for size of them.  How many, or
 * -1: there is no room, or it is none.
 */
long punycode_decode(uint32_t *dst, size_t size, const char *in, size_t len);

#endif
