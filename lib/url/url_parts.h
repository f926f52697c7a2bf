/* SPDX-License-Identifier: ISC */
/*
 * url_parts - where the parts of a URL are in what was given: the states of the URL
 * Standard's parser that write nothing.
 */
#ifndef PAR_URL_PARTS_H
#define PAR_URL_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "ascii.h"
#include "url_scheme.h"

/* A stretch of the input. */
struct url_slice {
	const char *at, *end;
};

static inline size_t
url_length(struct url_slice s)
{
	return (size_t)(s.end - s.at);
}

/* Is a byte a slash to a URL of that scheme? */
static inline bool
url_is_slash(enum url_scheme scheme, char byte)
{
	return byte == '/' || (byte == '\\' && scheme != SCHEME_OTHER);
}

/* Is there a slash at s[n]? */
static inline bool
url_slash_at(enum url_scheme scheme, struct url_slice s, size_t n)
{
	return url_length(s) > n && url_is_slash(scheme, s.at[n]);
}

/* Is it a drive, as in file:///C:/?  A "|" is taken for the colon. */
static inline bool
url_is_drive(struct url_slice s)
{
	return url_length(s) == 2 && ascii_is_letter(s.at[0]) &&
	    (s.at[1] == ':' || s.at[1] == '|');
}

/* What stands before the first slash of s, which is then what is left. */
struct url_slice url_take_to_slash(enum url_scheme scheme, struct url_slice *s);

/* What is behind the two slashes, before the path. */
struct url_authority {
	struct url_slice user, password; /* empty if there is none */
	struct url_slice host; /* empty only where the scheme lets it be */
	bool has_port; /* and it is no default one */
	unsigned port;
};

/* Take it apart; scheme is not file.  0, or -1: it is none. */
int url_take_apart(
    struct url_authority *out, enum url_scheme scheme, struct url_slice authority);

#endif
