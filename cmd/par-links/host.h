/* SPDX-License-Identifier: ISC */
/*
 * host - the host of a URL, by the host parser of the WHATWG URL Standard:
 * domains (IDNA by ICU), IPv4 in all its spellings, IPv6, opaque hosts.
 */
#ifndef PAR_LINKS_HOST_H
#define PAR_LINKS_HOST_H

#include <stdbool.h>
#include <stddef.h>

enum { HOST_ROOM = 512 }; /* on top of three times the length of the input */

/*
 * Parse the len bytes of in, UTF-8, and write the host as it is serialised, ASCII
 * without uppercase, at dst, room for 3 * len + HOST_ROOM; no overlap.  special:
 * its scheme is http, https, ws, wss, ftp or file.  Returns its length, or -1 if
 * it is no host.
 */
long host_parse(char *dst, const char *in, size_t len, bool special);

#endif
