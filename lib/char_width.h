/* SPDX-License-Identifier: ISC */
/*
 * char_width - how many columns of a terminal a character takes: 0, 1 or 2, whatever the
 * locale is.
 */
#ifndef PAR_CHAR_WIDTH_H
#define PAR_CHAR_WIDTH_H

#include <stddef.h>
#include <stdint.h>

unsigned char_width(uint32_t code);

/*
 * How many of len bytes of text take at most so many columns, by whole characters.  Each
 * byte that is no UTF-8 takes one.
 */
size_t char_width_fit(const char *text, size_t len, size_t columns);

#endif
