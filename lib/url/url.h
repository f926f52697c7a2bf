/* SPDX-License-Identifier: ISC */
/*
 * url - URLs as browsers read them: the parser and serialiser of the WHATWG URL Standard.
 * It is the one reading of URLs of all programs: what is the same host to one of them is
 * the same to all, whatever script its name is in.
 *
 * libcurl's URL API reads RFC 3986 "plus", and of what the standard asks for in
 * http URLs gets two in three right (it resolves "#x" to the directory, keeps
 * backslashes, "%2e" and uppercase hosts).  So it is left to par-fetch, for the request
 * itself.
 *
 *	spec "basic URL parser"        url.c, url_file.c, url_parser.c, url_parts.c
 *	state machine                  one function a state or two, on slices
 *	URL record                     the serialised form, and offsets into it
 */
#ifndef PAR_URL_H
#define PAR_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "url_record.h"

/* Does the URL parser have to url_clean() it first? */
bool url_is_dirty(const char *in, size_t len);

/*
 * Take away blanks and control bytes at both ends, and tabs and newlines
 * anywhere.  dst may be in.  Returns the new length.
 */
size_t url_clean(char *dst, const char *in, size_t len);

/* Bytes that url_parse() may write. */
size_t url_room(size_t len, const struct url *base);

/*
 * Parse in, len bytes of clean UTF-8, on base (NULL: none), and write it
 * serialised to dst, room for url_room().  0, or -1: it is no URL.
 */
int
url_parse(struct url *url, char *dst, const char *in, size_t len, const struct url *base);

#endif
