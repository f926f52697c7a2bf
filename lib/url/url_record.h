/* SPDX-License-Identifier: ISC */
/*
 * url_record - a URL as it was read: the URL record of the URL Standard.
 */
#ifndef PAR_URL_RECORD_H
#define PAR_URL_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "url_scheme.h"

/* A serialised URL, ASCII with IDNA; offsets are in bytes from its start. */
struct url {
	const char *href; /* whoever parsed it knows how long it stays */
	size_t len;
	enum url_scheme scheme;
	size_t scheme_end; /* of the colon */
	size_t host, host_end; /* the same place if it is empty, or there is none */
	size_t path;
	size_t query; /* of "?", or fragment */
	size_t fragment; /* of "#", or len */
	size_t last_slash; /* in the path; path if there is none */
	bool has_host;
	bool opaque; /* mailto:x: no path of segments, and no base */
};

#endif
