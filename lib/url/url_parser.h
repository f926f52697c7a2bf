/* SPDX-License-Identifier: ISC */
/*
 * url_parser - a URL that is being read and written: its authority and path, one
 * function a state or two of the URL Standard's parser, on slices of the input.
 */
#ifndef PAR_URL_PARSER_H
#define PAR_URL_PARSER_H

#include "url_parts.h"
#include "url_record.h"

struct url_parser {
	struct url *url;
	char *dst, *to; /* where it is written: its start, and the next byte */
	struct url_slice rest; /* of the input, without query and fragment */
	struct url_slice query, fragment; /* with their marks; empty if there is none */
	const struct url *base;
};

static inline size_t
parser_offset(const struct url_parser *p)
{
	return (size_t)(p->to - p->dst);
}

/* Is there a slash at s[n]? */
static inline bool
parser_slash_at(const struct url_parser *p, struct url_slice s, size_t n)
{
	return url_slash_at(p->url->scheme, s, n);
}

void parser_put(struct url_parser *p, const char *data, size_t len);

/* Put s, with the bytes of the set percent-encoded. */
void parser_put_encoded(struct url_parser *p, struct url_slice s, unsigned set);

/* Put a host as it is serialised.  0, or -1 as host_parse(). */
int parser_put_host(struct url_parser *p, struct url_slice s);

/* Authority state: what follows the two slashes, path included.  0, or -1. */
int parser_put_authority(struct url_parser *p, struct url_slice s);

/* Path start state: the path begins here. */
void parser_start_path(struct url_parser *p, struct url_slice s);

/* Path state: segments, the first without its slash, added to the path so far. */
void parser_put_path(struct url_parser *p, struct url_slice s);

/* Take the last segment of the path away, but for the drive of a file. */
void parser_shorten(struct url_parser *p);

/* Put what the base has between its scheme and its path. */
void parser_copy_authority(struct url_parser *p);

/* Put the path of the base. */
void parser_copy_path(struct url_parser *p);

/* Put the path of the base, with its query if the link has none. */
void parser_keep_path(struct url_parser *p);

#endif
