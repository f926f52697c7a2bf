/* SPDX-License-Identifier: ISC */
/*
 * url - URLs of http and https, written in one way so that they can be compared.
 *
 * par-links(1) has done most of it; this is for what a person wrote, too.
 */
#ifndef PAR_FRONTIER_URL_H
#define PAR_FRONTIER_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"

struct url {
	const char *data; /* escaped, as a field of par-record(5) */
	size_t len;
	size_t host, host_len; /* host and port in it */
};

/*
 * Write a URL, an escaped field of len bytes, into *text: scheme and host in small
 * letters, without default port and fragment, with a path.  url points into text.
 * False if it is no URL of http or https.
 */
bool url_read(struct url *url, struct bytes *text, const char *data, size_t len);

bool url_same_host(const struct url *a, const struct url *b);

#endif
