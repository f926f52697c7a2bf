/* SPDX-License-Identifier: ISC */
/*
 * url_find - the host of a URL, where nothing else of it is asked for.
 */
#ifndef PAR_URL_FIND_H
#define PAR_URL_FIND_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The host of an absolute URL, in as for url_parse(), which would write it so, to dst,
 * room for url_room(len, NULL).  Its length; 0: it has none; -1 as url_parse().
 */
long url_find_host(char *dst, const char *in, size_t len);

/*
 * The host at a glance, in any bytes, clean or not: *host is in them, to be written in
 * small letters if it has *capitals.  0: it has to be found.
 */
size_t url_plain_host(const char **host, bool *capitals, const char *in, size_t len);

/*
 * Where what may be a user and a password ends, in text that is meant to be a URL, with
 * its slashes before begin; begin if there is none.  It is for hiding them, so a
 * backslash does not end them: to libcurl it is of the password.
 */
size_t url_skip_credentials(const char *text, size_t len, size_t begin);

#endif
