/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "url_find.h"
#include "url_host.h"
#include "url_parts.h"

/* The host of a file; none if it is a drive. */
static struct url_slice
host_of_file(struct url_slice s)
{
	struct url_slice host = url_take_to_slash(SCHEME_FILE, &s);

	if (url_is_drive(host))
		host.end = host.at;
	return host;
}

/* Pass over the slashes before the authority; false: there is none. */
static bool
pass_slashes(enum url_scheme scheme, struct url_slice *s)
{
	if (scheme < SCHEME_FILE) {
		while (url_slash_at(scheme, *s, 0))
			s->at++;
		return true;
	}
	if (!url_slash_at(scheme, *s, 0) || !url_slash_at(scheme, *s, 1))
		return false;
	s->at += 2;
	return true;
}

/* The host in s, which follows the scheme; empty if there is none.  0, or -1. */
static int
find(struct url_slice *host, enum url_scheme scheme, struct url_slice s)
{
	struct url_authority authority = { 0 };

	*host = (struct url_slice){ s.at, s.at };
	if (!pass_slashes(scheme, &s))
		return 0;
	for (const char *end = s.at; end < s.end; end++)
		if (url_is_slash(scheme, *end) || *end == '?' || *end == '#')
			s.end = end;
	if (scheme == SCHEME_FILE) {
		*host = host_of_file(s);
		return 0;
	}
	if (url_take_apart(&authority, scheme, s) < 0)
		return -1;
	*host = authority.host;
	return 0;
}

/* How long the port is that s begins with, of a few digits, with its colon; or 0. */
static size_t
plain_port(struct url_slice s)
{
	enum { DIGITS = 4 }; /* none is too large */
	size_t len = 1;

	if (url_length(s) == 0 || *s.at != ':')
		return 0;
	while (len <= DIGITS && len < url_length(s) && ascii_is_digit(s.at[len]))
		len++;
	return len;
}

/* How long "http://" or "https://" is, if data begins so; or 0. */
static size_t
plain_scheme(const char *data, size_t len)
{
	static const char http[] = "http://", https[] = "https://";

	if (len > sizeof(http) && memcmp(data, http, sizeof(http) - 1) == 0)
		return sizeof(http) - 1;
	if (len > sizeof(https) && memcmp(data, https, sizeof(https) - 1) == 0)
		return sizeof(https) - 1;
	return 0;
}

size_t
url_plain_host(const char **host, bool *capitals, const char *in, size_t len)
{
	size_t begin = plain_scheme(in, len), got;
	struct url_slice rest;

	if (begin == 0)
		return 0;
	*host = in + begin;
	got = host_plain_length(*host, len - begin, capitals);
	rest = (struct url_slice){ *host + got, in + len };
	rest.at += plain_port(rest);
	if (rest.at < rest.end && *rest.at != '/' && *rest.at != '?' && *rest.at != '#')
		return 0;
	return got;
}

long
url_find_host(char *dst, const char *in, size_t len)
{
	size_t name = url_scheme_length(in, len);
	enum url_scheme scheme;
	struct url_slice host;
	long got;

	if (name == 0)
		return -1;
	scheme = url_scheme_of(in, name);
	if (find(&host, scheme, (struct url_slice){ in + name + 1, in + len }) < 0)
		return -1;
	if (url_length(host) == 0)
		return 0;
	got = host_parse(dst, host.at, url_length(host), scheme != SCHEME_OTHER);
	if (got > 0 && scheme == SCHEME_FILE && host_is_local(dst, (size_t)got))
		return 0;
	return got;
}

size_t
url_skip_credentials(const char *text, size_t len, size_t begin)
{
	size_t end = begin;

	for (size_t at = begin; at < len; at++) {
		if (text[at] == '/' || text[at] == '?' || text[at] == '#')
			break;
		if (text[at] == '@')
			end = at + 1;
	}
	return end;
}
