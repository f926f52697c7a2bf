/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "url.h"
#include "url_file.h"
#include "url_host.h"
#include "url_parser.h"
#include "url_sets.h"

static void
put_scheme(struct url_parser *p, const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		*p->to++ = ascii_lower(name[i]);
	p->url->scheme_end = len;
	*p->to++ = ':';
}

/* Relative state: a link without a scheme, or with that of its base. */
static int
parse_relative(struct url_parser *p)
{
	struct url_slice rest = p->rest;

	if (parser_slash_at(p, rest, 0) && parser_slash_at(p, rest, 1)) {
		while (p->url->scheme != SCHEME_OTHER && parser_slash_at(p, rest, 2))
			rest.at++;
		return parser_put_authority(
		    p, (struct url_slice){ rest.at + 2, rest.end });
	}
	parser_copy_authority(p);
	if (parser_slash_at(p, rest, 0)) {
		parser_put_path(p, (struct url_slice){ rest.at + 1, rest.end });
	} else if (url_length(rest) == 0) {
		parser_keep_path(p);
	} else {
		parser_copy_path(p);
		parser_shorten(p);
		parser_put_path(p, rest);
	}
	return 0;
}

/* A URL of a scheme that is not special, after its colon. */
static int
parse_other(struct url_parser *p)
{
	struct url_slice rest = p->rest;
	bool space;

	if (parser_slash_at(p, rest, 0) && parser_slash_at(p, rest, 1))
		return parser_put_authority(
		    p, (struct url_slice){ rest.at + 2, rest.end });
	if (parser_slash_at(p, rest, 0)) {
		parser_start_path(p, rest);
		return 0;
	}
	p->url->path = parser_offset(p);
	p->url->opaque = true;
	/* A last space would be lost when the URL is read again. */
	space = url_length(rest) > 0 && rest.end[-1] == ' ' &&
	    (url_length(p->query) > 0 || url_length(p->fragment) > 0);
	rest.end -= space;
	parser_put_encoded(p, rest, SET_CONTROL);
	if (space)
		parser_put(p, "%20", 3);
	return 0;
}

/* Only the fragment is new. */
static int
parse_fragment_only(struct url_parser *p)
{
	const struct url *base = p->base;

	if (url_length(p->rest) > 0 || url_length(p->query) > 0 ||
	    url_length(p->fragment) == 0)
		return -1;
	parser_put(p, base->href, base->fragment);
	*p->url = *base;
	p->url->href = p->dst;
	return 0;
}

/* Scheme state: the link has one, len bytes long. */
static int
parse_absolute(struct url_parser *p, size_t len)
{
	put_scheme(p, p->rest.at, len);
	p->url->scheme = url_scheme_of(p->rest.at, len);
	p->rest.at += len + 1;
	if (p->url->scheme == SCHEME_FILE)
		return url_file_put(p);
	if (p->url->scheme == SCHEME_OTHER)
		return parse_other(p);
	if (p->base != NULL && p->base->scheme == p->url->scheme &&
	    !(url_length(p->rest) >= 2 && memcmp(p->rest.at, "//", 2) == 0))
		return parse_relative(p);
	while (parser_slash_at(p, p->rest, 0))
		p->rest.at++;
	return parser_put_authority(p, p->rest);
}

static int
parse_parts(struct url_parser *p)
{
	size_t len = url_scheme_length(p->rest.at, url_length(p->rest));

	if (len > 0)
		return parse_absolute(p, len);
	if (p->base == NULL)
		return -1;
	if (p->base->opaque)
		return parse_fragment_only(p);
	p->url->scheme = p->base->scheme;
	put_scheme(p, p->base->href, p->base->scheme_end);
	return p->url->scheme == SCHEME_FILE ? url_file_put(p) : parse_relative(p);
}

/* A path that begins with two slashes must not look like a host. */
static void
guard_path(struct url_parser *p)
{
	char *path = p->dst + p->url->path;

	if (p->url->has_host || p->url->opaque || p->to - path < 2 || path[0] != '/' ||
	    path[1] != '/')
		return;
	memmove(path + 2, path, (size_t)(p->to - path));
	memcpy(path, "/.", 2);
	p->to += 2;
	p->url->path += 2;
	p->url->query += 2;
}

/* Split off the fragment, then the query: they end all that is before them. */
static void
split(struct url_parser *p, const char *in, size_t len)
{
	const char *end = in + len, *mark;

	mark = memchr(in, '#', len);
	p->fragment = (struct url_slice){ mark == NULL ? end : mark, end };
	end = p->fragment.at;
	mark = memchr(in, '?', (size_t)(end - in));
	p->query = (struct url_slice){ mark == NULL ? end : mark, end };
	p->rest = (struct url_slice){ in, p->query.at };
}

static void
put_query(struct url_parser *p)
{
	struct url_slice query = p->query;
	bool special = p->url->scheme != SCHEME_OTHER;

	if (url_length(query) == 0)
		return;
	p->url->query = parser_offset(p);
	*p->to++ = *query.at++;
	parser_put_encoded(p, query, special ? SET_SPECIAL_QUERY : SET_QUERY);
}

static void
put_fragment(struct url_parser *p)
{
	struct url_slice fragment = p->fragment;

	p->url->fragment = parser_offset(p);
	if (url_length(fragment) == 0)
		return;
	*p->to++ = *fragment.at++;
	parser_put_encoded(p, fragment, SET_FRAGMENT);
}

/* Where the last slash of the path is; where the path begins if it has none. */
static size_t
last_slash(const struct url *url)
{
	for (size_t i = url->query; i-- > url->path;)
		if (url->href[i] == '/')
			return i;
	return url->path;
}

int
url_parse(struct url *url, char *dst, const char *in, size_t len, const struct url *base)
{
	struct url_parser p = { .url = url, .dst = dst, .to = dst, .base = base };

	*url = (struct url){ .href = dst };
	split(&p, in, len);
	if (parse_parts(&p) < 0)
		return -1;
	if (url->query == 0)
		url->query = parser_offset(&p);
	guard_path(&p);
	put_query(&p);
	put_fragment(&p);
	url->len = parser_offset(&p);
	url->last_slash = last_slash(url);
	return 0;
}

size_t
url_room(size_t len, const struct url *base)
{
	return (base == NULL ? 0 : base->len) + 3 * len + HOST_ROOM;
}

bool
url_is_dirty(const char *in, size_t len)
{
	if (len == 0)
		return false;
	if ((unsigned char)in[0] <= ' ' || (unsigned char)in[len - 1] <= ' ')
		return true;
	return memchr(in, '\n', len) != NULL || memchr(in, '\t', len) != NULL ||
	    memchr(in, '\r', len) != NULL;
}

size_t
url_clean(char *dst, const char *in, size_t len)
{
	char *to = dst;

	while (len > 0 && (unsigned char)in[len - 1] <= ' ')
		len--;
	while (len > 0 && (unsigned char)in[0] <= ' ') {
		in++;
		len--;
	}
	for (size_t i = 0; i < len; i++)
		if (in[i] != '\t' && in[i] != '\n' && in[i] != '\r')
			*to++ = in[i];
	return (size_t)(to - dst);
}
