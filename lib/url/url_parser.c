/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "url_host.h"
#include "url_parser.h"
#include "url_sets.h"

void
parser_put(struct url_parser *p, const char *data, size_t len)
{
	memcpy(p->to, data, len);
	p->to += len;
}

void
parser_put_encoded(struct url_parser *p, struct url_slice s, unsigned set)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; s.at < s.end; s.at++) {
		unsigned char byte = (unsigned char)*s.at;

		if (byte < 0x80 && (url_sets[byte] & set) == 0) {
			*p->to++ = *s.at;
			continue;
		}
		*p->to++ = '%';
		*p->to++ = digits[byte >> 4];
		*p->to++ = digits[byte & 15];
	}
}

/* The path written so far, from its first byte on. */
static struct url_slice
path_so_far(const struct url_parser *p)
{
	return (struct url_slice){ p->dst + p->url->path, p->to };
}

void
parser_shorten(struct url_parser *p)
{
	struct url_slice path = path_so_far(p);

	if (p->url->scheme == SCHEME_FILE && url_length(path) == 3 &&
	    url_is_drive((struct url_slice){ path.at + 1, path.end }) &&
	    path.at[2] == ':')
		return;
	while (p->to > path.at)
		if (*--p->to == '/')
			break;
}

/* How many dots a segment stands for, "%2e" being one too; 0 if it is no such. */
static int
dots(struct url_slice s)
{
	int count = 0;

	while (s.at < s.end) {
		if (*s.at == '.')
			s.at++;
		else if (url_length(s) >= 3 && strncasecmp(s.at, "%2e", 3) == 0)
			s.at += 3;
		else
			return 0;
		if (++count > 2)
			return 0;
	}
	return count;
}

static void
put_segment(struct url_parser *p, struct url_slice segment)
{
	bool first = url_length(path_so_far(p)) == 0;

	*p->to++ = '/';
	if (first && p->url->scheme == SCHEME_FILE && url_is_drive(segment)) {
		*p->to++ = segment.at[0];
		*p->to++ = ':';
		return;
	}
	parser_put_encoded(p, segment, SET_PATH);
}

void
parser_put_path(struct url_parser *p, struct url_slice s)
{
	bool more = true;

	while (more) {
		struct url_slice segment = url_take_to_slash(p->url->scheme, &s);
		int up = dots(segment);

		more = url_length(s) > 0;
		s.at += more;
		if (up == 2)
			parser_shorten(p);
		if (up == 0)
			put_segment(p, segment);
		else if (!more)
			*p->to++ = '/';
	}
}

void
parser_start_path(struct url_parser *p, struct url_slice s)
{
	p->url->path = parser_offset(p);
	if (p->url->scheme == SCHEME_OTHER && url_length(s) == 0)
		return;
	s.at += url_slash_at(p->url->scheme, s, 0);
	parser_put_path(p, s);
}

int
parser_put_host(struct url_parser *p, struct url_slice s)
{
	bool special = p->url->scheme != SCHEME_OTHER;
	long len = 0;

	p->url->has_host = true;
	p->url->host = parser_offset(p);
	if (url_length(s) > 0)
		len = host_parse(p->to, s.at, url_length(s), special);
	if (len < 0)
		return -1;
	p->to += len;
	p->url->host_end = parser_offset(p);
	return 0;
}

static void
put_credentials(struct url_parser *p, const struct url_authority *authority)
{
	if (url_length(authority->user) == 0 && url_length(authority->password) == 0)
		return;
	parser_put_encoded(p, authority->user, SET_USERINFO);
	if (url_length(authority->password) > 0) {
		*p->to++ = ':';
		parser_put_encoded(p, authority->password, SET_USERINFO);
	}
	*p->to++ = '@';
}

int
parser_put_authority(struct url_parser *p, struct url_slice s)
{
	struct url_authority authority;
	enum url_scheme scheme = p->url->scheme;

	if (url_take_apart(&authority, scheme, url_take_to_slash(scheme, &s)) < 0)
		return -1;
	parser_put(p, "//", 2);
	put_credentials(p, &authority);
	if (parser_put_host(p, authority.host) < 0)
		return -1;
	if (authority.has_port)
		p->to += sprintf(p->to, ":%u", authority.port);
	parser_start_path(p, s);
	return 0;
}

void
parser_copy_authority(struct url_parser *p)
{
	const struct url *base = p->base;

	if (base->has_host)
		parser_put(p, base->href + base->scheme_end + 1,
		    base->path - base->scheme_end - 1);
	p->url->has_host = base->has_host;
	p->url->host = base->host;
	p->url->host_end = base->host_end;
	p->url->path = parser_offset(p);
}

void
parser_copy_path(struct url_parser *p)
{
	parser_put(p, p->base->href + p->base->path, p->base->query - p->base->path);
}

void
parser_keep_path(struct url_parser *p)
{
	parser_copy_path(p);
	if (url_length(p->query) == 0) {
		p->url->query = parser_offset(p);
		parser_put(p, p->base->href + p->base->query,
		    p->base->fragment - p->base->query);
	}
}
