/* SPDX-License-Identifier: ISC */
/*
 * printable - bytes of others as text that upsets no terminal, whatever they are.
 */
#ifndef PAR_PRINTABLE_H
#define PAR_PRINTABLE_H

#include <stddef.h>

enum { PRINTABLE_ESCAPE = 4 }; /* bytes of the longest escape */

/*
 * Copy len bytes of data into dst, size bytes, as text that ends in a NUL: control
 * bytes and broken UTF-8 as escapes, "..." where it did not fit.  The length of the text.
 */
size_t printable(char *dst, size_t size, const void *data, size_t len);

/*
 * Length of the UTF-8 sequence at the start of left bytes that may be shown as it is; 0
 * for control characters (C0, DEL, C1), overlong forms, surrogates and broken bytes.
 */
size_t printable_char(const char *data, size_t left);

/* Write the escape for byte at dst; its length. */
size_t printable_escape(char dst[static PRINTABLE_ESCAPE], unsigned char byte);

#endif
