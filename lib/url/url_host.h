/* SPDX-License-Identifier: ISC */
/*
 * url_host - the host of a URL, by the host parser of the WHATWG URL Standard:
 * domains, IPv4 in all its spellings, IPv6, opaque hosts.
 */
#ifndef PAR_URL_HOST_H
#define PAR_URL_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { HOST_ROOM = 512 }; /* on top of three times the length of the input */

/*
 * Parse the len bytes of in, UTF-8, and write the host as it is serialised, without
 * uppercase, at dst, room for 3 * len + HOST_ROOM; no overlap.  special: its scheme is
 * http, https, ws, wss, ftp or file.  Returns its length, or -1: it is no host.
 */
long host_parse(char *dst, const char *in, size_t len, bool special);

/*
 * How many of the first bytes of host are plain: as a host of their own host_parse()
 * would write them as they are, but for *capitals in them.  0: it has to be asked.
 */
size_t host_plain_length(const char *host, size_t len, bool *capitals);

/* Is it, of a file, the name of no host? */
static inline bool
host_is_local(const char *host, size_t len)
{
	return len == 9 && memcmp(host, "localhost", len) == 0;
}

#endif
