/* SPDX-License-Identifier: ISC */
/*
 * url_scheme - the schemes that the URL Standard calls special.
 */
#ifndef PAR_URL_SCHEME_H
#define PAR_URL_SCHEME_H

#include <stddef.h>

/* Special schemes come first. */
enum url_scheme {
	SCHEME_HTTP,
	SCHEME_HTTPS,
	SCHEME_WS,
	SCHEME_WSS,
	SCHEME_FTP,
	SCHEME_FILE,
	SCHEME_OTHER
};

/* How long the scheme is that len bytes of data begin with; 0: there is none. */
size_t url_scheme_length(const char *data, size_t len);

/* The scheme of that name, in letters of any case. */
enum url_scheme url_scheme_of(const char *name, size_t len);

/* The port of a special scheme, as URLs may leave it out; 0: there is none. */
unsigned url_scheme_port(enum url_scheme scheme);

#endif
