/* SPDX-License-Identifier: ISC */
/*
 * url_join - plain relative links, resolved without a parse.
 */
#ifndef PAR_URL_JOIN_H
#define PAR_URL_JOIN_H

#include <stddef.h>

#include "url_record.h"

/*
 * As url_parse() on base, for most links that pages have: writes no more than
 * url_room(), and returns the length, or 0 if in is not of that kind.
 */
size_t url_join(char *dst, const char *in, size_t len, const struct url *base);

#endif
