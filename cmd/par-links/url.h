/* SPDX-License-Identifier: ISC */
/*
 * url - URLs as browsers read them: the parser and serialiser of the WHATWG URL
 * Standard, for a link on its base.
 *
 * libcurl's URL API reads RFC 3986 "plus", and of what the standard asks for in
 * http URLs gets two in three right (it resolves "#x" to the directory, keeps
 * backslashes, "%2e" and uppercase hosts); asking it first would give a second
 * opinion where there must be one.  So it is left to par-fetch, which gets URLs
 * that both read alike; the hard part that has a good library, IDNA, is ICU's.
 *
 *	spec "basic URL parser"        here
 *	state machine                  one function a state or two, on slices
 *	URL record                     the serialised form, and offsets into it
 */
#ifndef PAR_LINKS_URL_H
#define PAR_LINKS_URL_H

#include <stdbool.h>
#include <stddef.h>

/* Special schemes come first. */
enum scheme {
	SCHEME_HTTP,
	SCHEME_HTTPS,
	SCHEME_WS,
	SCHEME_WSS,
	SCHEME_FTP,
	SCHEME_FILE,
	SCHEME_OTHER
};

/* A serialised URL, ASCII; offsets are in bytes from its start. */
struct url {
	const char *href; /* whoever parsed it knows how long it stays */
	size_t len;
	enum scheme scheme;
	size_t scheme_end; /* of the colon */
	size_t host, host_end; /* the same place if it is empty, or there is none */
	size_t path;
	size_t query; /* of "?", or fragment */
	size_t fragment; /* of "#", or len */
	size_t last_slash; /* in the path; path if there is none */
	bool has_host;
	bool opaque; /* mailto:x: no path of segments, and no base */
};

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

/*
 * The same for plain relative links, with no parse: writes no more than
 * url_room(), and returns the length, or 0 if in is not of that kind.
 */
size_t url_join(char *dst, const char *in, size_t len, const struct url *base);

#endif
