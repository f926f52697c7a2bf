/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "host.h"
#include "url.h"

/* The percent-encode sets that a byte is in. */
enum {
	SET_CONTROL = 1,
	SET_FRAGMENT = 2,
	SET_QUERY = 4,
	SET_SPECIAL_QUERY = 8,
	SET_PATH = 16,
	SET_USERINFO = 32,
	SET_PERCENT = 64 /* "%" alone: url_join() has to look at it */
};

/* By byte; those from 0x80 on are in all of them. */
static const unsigned char sets[128] = { 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f,
	0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f,
	0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3e, 0x00,
	0x3e, 0x3c, 0x00, 0x40, 0x00, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x20, 0x20,
	0x3e, 0x20, 0x3e, 0x30, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x20, 0x20, 0x20, 0x30, 0x00, 0x32, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x30, 0x20,
	0x30, 0x00, 0x3f };

static const struct {
	const char *name;
	size_t len;
	const char *port;
} schemes[SCHEME_OTHER] = {
	[SCHEME_HTTP] = { "http", 4, "80" },
	[SCHEME_HTTPS] = { "https", 5, "443" },
	[SCHEME_WS] = { "ws", 2, "80" },
	[SCHEME_WSS] = { "wss", 3, "443" },
	[SCHEME_FTP] = { "ftp", 3, "21" },
	[SCHEME_FILE] = { "file", 4, "" },
};

/* A stretch of the input. */
struct slice {
	const char *at, *end;
};

/* A URL at work. */
struct parser {
	struct url *url;
	char *dst, *to;
	struct slice rest; /* of the input, without query and fragment */
	struct slice query, fragment; /* with their marks; empty if there is none */
	const struct url *base;
};

static bool
is_alpha(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static size_t
length(struct slice s)
{
	return (size_t)(s.end - s.at);
}

static bool
is_special(const struct parser *p)
{
	return p->url->scheme != SCHEME_OTHER;
}

/* Is a byte a slash to this URL? */
static bool
is_slash(const struct parser *p, char byte)
{
	return byte == '/' || (byte == '\\' && is_special(p));
}

/* Is there a slash at s[n]? */
static bool
slash_at(const struct parser *p, struct slice s, size_t n)
{
	return length(s) > n && is_slash(p, s.at[n]);
}

static void
put(struct parser *p, const char *data, size_t len)
{
	memcpy(p->to, data, len);
	p->to += len;
}

static void
put_encoded(struct parser *p, struct slice s, unsigned set)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; s.at < s.end; s.at++) {
		unsigned char byte = (unsigned char)*s.at;

		if (byte < 0x80 && (sets[byte] & set) == 0) {
			*p->to++ = *s.at;
			continue;
		}
		*p->to++ = '%';
		*p->to++ = digits[byte >> 4];
		*p->to++ = digits[byte & 15];
	}
}

static size_t
offset(const struct parser *p)
{
	return (size_t)(p->to - p->dst);
}

/* Is it a drive, as in file:///C:/?  A "|" is taken for the colon. */
static bool
is_drive(struct slice s)
{
	return length(s) == 2 && is_alpha(s.at[0]) && (s.at[1] == ':' || s.at[1] == '|');
}

static bool
begins_with_drive(struct slice s)
{
	struct slice two = { s.at, s.at + 2 };

	return length(s) >= 2 && is_drive(two) &&
	    (length(s) == 2 || s.at[2] == '/' || s.at[2] == '\\');
}

/* The path written so far, from its first byte on. */
static struct slice
path_so_far(const struct parser *p)
{
	return (struct slice){ p->dst + p->url->path, p->to };
}

/* Take the last segment of the path away, but for the drive of a file. */
static void
shorten(struct parser *p)
{
	struct slice path = path_so_far(p);

	if (p->url->scheme == SCHEME_FILE && length(path) == 3 &&
	    is_drive((struct slice){ path.at + 1, path.end }) && path.at[2] == ':')
		return;
	while (p->to > path.at)
		if (*--p->to == '/')
			break;
}

/* How many dots a segment stands for, "%2e" being one too; 0 if it is no such. */
static int
dots(struct slice s)
{
	int count = 0;

	while (s.at < s.end) {
		if (*s.at == '.')
			s.at++;
		else if (length(s) >= 3 && strncasecmp(s.at, "%2e", 3) == 0)
			s.at += 3;
		else
			return 0;
		if (++count > 2)
			return 0;
	}
	return count;
}

static void
put_segment(struct parser *p, struct slice segment)
{
	bool first = length(path_so_far(p)) == 0;

	*p->to++ = '/';
	if (first && p->url->scheme == SCHEME_FILE && is_drive(segment)) {
		*p->to++ = segment.at[0];
		*p->to++ = ':';
		return;
	}
	put_encoded(p, segment, SET_PATH);
}

/* Path state: segments, the first without its slash, added to the path so far. */
static void
put_path(struct parser *p, struct slice s)
{
	bool more = true;

	while (more) {
		struct slice segment = { s.at, s.at };
		int up;

		while (segment.end < s.end && !is_slash(p, *segment.end))
			segment.end++;
		more = segment.end < s.end;
		up = dots(segment);
		if (up == 2)
			shorten(p);
		if (up == 0)
			put_segment(p, segment);
		else if (!more)
			*p->to++ = '/';
		s.at = segment.end + more;
	}
}

/* Path start state. */
static void
start_path(struct parser *p, struct slice s)
{
	p->url->path = offset(p);
	if (!is_special(p) && length(s) == 0)
		return;
	s.at += slash_at(p, s, 0);
	put_path(p, s);
}

/* The port, digits after the colon, unless it is the scheme's own.  0, or -1. */
static int
put_port(struct parser *p, struct slice s)
{
	char text[8];
	unsigned port = 0;

	if (length(s) == 0)
		return 0;
	for (; s.at < s.end; s.at++) {
		if (!is_digit(*s.at))
			return -1;
		port = port * 10 + (unsigned)(*s.at - '0');
		if (port > UINT16_MAX)
			return -1;
	}
	snprintf(text, sizeof(text), "%u", port);
	if (is_special(p) && strcmp(text, schemes[p->url->scheme].port) == 0)
		return 0;
	*p->to++ = ':';
	put(p, text, strlen(text));
	return 0;
}

static void
put_credentials(struct parser *p, struct slice s)
{
	const char *colon = memchr(s.at, ':', length(s));
	struct slice user = { s.at, colon == NULL ? s.end : colon };
	struct slice password = { colon == NULL ? s.end : colon + 1, s.end };

	if (length(user) == 0 && length(password) == 0)
		return;
	put_encoded(p, user, SET_USERINFO);
	if (length(password) > 0) {
		*p->to++ = ':';
		put_encoded(p, password, SET_USERINFO);
	}
	*p->to++ = '@';
}

/* Where the host ends: a colon outside of brackets. */
static const char *
host_end(struct slice s)
{
	bool inside = false;

	for (; s.at < s.end; s.at++) {
		if (*s.at == ':' && !inside)
			break;
		if (*s.at == '[')
			inside = true;
		if (*s.at == ']')
			inside = false;
	}
	return s.at;
}

static int
put_host(struct parser *p, struct slice s)
{
	long len = 0;

	p->url->has_host = true;
	p->url->host = offset(p);
	if (length(s) > 0)
		len = host_parse(p->to, s.at, length(s), is_special(p));
	if (len < 0)
		return -1;
	p->to += len;
	p->url->host_end = offset(p);
	return 0;
}

/* Authority state: what follows the two slashes, path included. */
static int
put_authority(struct parser *p, struct slice s)
{
	struct slice host = { s.at, s.at };
	const char *at;

	while (host.end < s.end && !is_slash(p, *host.end))
		host.end++;
	s.at = host.end;
	put(p, "//", 2);
	at = memrchr(host.at, '@', length(host));
	if (at != NULL) {
		put_credentials(p, (struct slice){ host.at, at });
		host.at = at + 1;
		if (length(host) == 0)
			return -1;
	}
	at = host_end(host);
	if (at == host.at && (is_special(p) || at < host.end))
		return -1;
	if (put_host(p, (struct slice){ host.at, at }) < 0)
		return -1;
	if (at < host.end && put_port(p, (struct slice){ at + 1, host.end }) < 0)
		return -1;
	start_path(p, s);
	return 0;
}

/* What the base has between its scheme and its path. */
static void
copy_authority(struct parser *p)
{
	const struct url *base = p->base;

	if (base->has_host)
		put(p, base->href + base->scheme_end + 1,
		    base->path - base->scheme_end - 1);
	p->url->has_host = base->has_host;
	p->url->host = base->host;
	p->url->host_end = base->host_end;
	p->url->path = offset(p);
}

static void
copy_path(struct parser *p)
{
	put(p, p->base->href + p->base->path, p->base->query - p->base->path);
}

/* The base's path stays, and its query too if the link has none. */
static void
keep_path(struct parser *p)
{
	copy_path(p);
	if (length(p->query) == 0) {
		p->url->query = offset(p);
		put(p, p->base->href + p->base->query,
		    p->base->fragment - p->base->query);
	}
}

static void
put_scheme(struct parser *p, const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		*p->to++ =
		    name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] | 0x20) : name[i];
	p->url->scheme_end = len;
	*p->to++ = ':';
}

/* Relative state: a link without a scheme, or with that of its base. */
static int
parse_relative(struct parser *p)
{
	struct slice rest = p->rest;

	if (slash_at(p, rest, 0) && slash_at(p, rest, 1)) {
		while (is_special(p) && slash_at(p, rest, 2))
			rest.at++;
		return put_authority(p, (struct slice){ rest.at + 2, rest.end });
	}
	copy_authority(p);
	if (slash_at(p, rest, 0)) {
		put_path(p, (struct slice){ rest.at + 1, rest.end });
	} else if (length(rest) == 0) {
		keep_path(p);
	} else {
		copy_path(p);
		shorten(p);
		put_path(p, rest);
	}
	return 0;
}

/* File host state; s is what follows the two slashes. */
static int
parse_file_host(struct parser *p, struct slice s)
{
	struct slice host = { s.at, s.at };

	while (host.end < s.end && !is_slash(p, *host.end))
		host.end++;
	put(p, "//", 2);
	if (is_drive(host)) {
		host.end = host.at;
		if (put_host(p, host) < 0)
			return -1;
		p->url->path = offset(p);
		put_path(p, s);
		return 0;
	}
	if (put_host(p, host) < 0)
		return -1;
	if (offset(p) - p->url->host == 9 && memcmp(p->to - 9, "localhost", 9) == 0) {
		p->to -= 9;
		p->url->host_end = p->url->host;
	}
	start_path(p, (struct slice){ host.end, s.end });
	return 0;
}

/* File slash state with one slash: an absolute path on the host, and drive, of the base.
 */
static void
parse_file_path(struct parser *p, struct slice s)
{
	const struct url *base = p->base;
	const char *path;

	if (base == NULL || base->scheme != SCHEME_FILE) {
		put(p, "//", 2);
		put_host(p, (struct slice){ s.at, s.at });
		p->url->path = offset(p);
		put_path(p, s);
		return;
	}
	copy_authority(p);
	path = base->href + base->path;
	if (!begins_with_drive(s) && base->query - base->path >= 3 &&
	    begins_with_drive((struct slice){ path + 1, base->href + base->query }))
		put(p, path, 3);
	put_path(p, s);
}

/* File state. */
static int
parse_file(struct parser *p)
{
	struct slice rest = p->rest;

	if (slash_at(p, rest, 0) && slash_at(p, rest, 1))
		return parse_file_host(p, (struct slice){ rest.at + 2, rest.end });
	if (slash_at(p, rest, 0)) {
		parse_file_path(p, (struct slice){ rest.at + 1, rest.end });
		return 0;
	}
	if (p->base == NULL || p->base->scheme != SCHEME_FILE) {
		parse_file_path(p, rest);
		return 0;
	}
	copy_authority(p);
	if (length(rest) == 0) {
		keep_path(p);
		return 0;
	}
	if (!begins_with_drive(rest)) {
		copy_path(p);
		shorten(p);
	}
	put_path(p, rest);
	return 0;
}

/* A URL of a scheme that is not special, after its colon. */
static int
parse_other(struct parser *p)
{
	struct slice rest = p->rest;
	bool space;

	if (slash_at(p, rest, 0) && slash_at(p, rest, 1))
		return put_authority(p, (struct slice){ rest.at + 2, rest.end });
	if (slash_at(p, rest, 0)) {
		start_path(p, rest);
		return 0;
	}
	p->url->path = offset(p);
	p->url->opaque = true;
	/* A last space would be lost when the URL is read again. */
	space = length(rest) > 0 && rest.end[-1] == ' ' &&
	    (length(p->query) > 0 || length(p->fragment) > 0);
	rest.end -= space;
	put_encoded(p, rest, SET_CONTROL);
	if (space)
		put(p, "%20", 3);
	return 0;
}

/* Only the fragment is new. */
static int
parse_fragment_only(struct parser *p)
{
	const struct url *base = p->base;

	if (length(p->rest) > 0 || length(p->query) > 0 || length(p->fragment) == 0)
		return -1;
	put(p, base->href, base->fragment);
	*p->url = *base;
	p->url->href = p->dst;
	return 0;
}

/* How long the scheme at the start is; 0: there is none. */
static size_t
scheme_length(struct slice s)
{
	size_t len = 0;

	if (length(s) == 0 || !is_alpha(s.at[0]))
		return 0;
	while (len < length(s) &&
	    (is_alpha(s.at[len]) || is_digit(s.at[len]) ||
		strchr("+-.", s.at[len]) != NULL))
		if (s.at[len++] == '\0')
			return 0;
	return len < length(s) && s.at[len] == ':' ? len : 0;
}

static enum scheme
scheme_of(const char *name, size_t len)
{
	int scheme = 0;

	while (scheme < SCHEME_OTHER &&
	    (schemes[scheme].len != len ||
		strncasecmp(schemes[scheme].name, name, len) != 0))
		scheme++;
	return (enum scheme)scheme;
}

/* Scheme state: the link has one, len bytes long. */
static int
parse_absolute(struct parser *p, size_t len)
{
	put_scheme(p, p->rest.at, len);
	p->url->scheme = scheme_of(p->rest.at, len);
	p->rest.at += len + 1;
	if (p->url->scheme == SCHEME_FILE)
		return parse_file(p);
	if (!is_special(p))
		return parse_other(p);
	if (p->base != NULL && p->base->scheme == p->url->scheme &&
	    !(length(p->rest) >= 2 && memcmp(p->rest.at, "//", 2) == 0))
		return parse_relative(p);
	while (slash_at(p, p->rest, 0))
		p->rest.at++;
	return put_authority(p, p->rest);
}

static int
parse_parts(struct parser *p)
{
	size_t len = scheme_length(p->rest);

	if (len > 0)
		return parse_absolute(p, len);
	if (p->base == NULL)
		return -1;
	if (p->base->opaque)
		return parse_fragment_only(p);
	p->url->scheme = p->base->scheme;
	put_scheme(p, p->base->href, p->base->scheme_end);
	return p->url->scheme == SCHEME_FILE ? parse_file(p) : parse_relative(p);
}

/* A path that begins with two slashes must not look like a host. */
static void
guard_path(struct parser *p)
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
split(struct parser *p, const char *in, size_t len)
{
	const char *end = in + len, *mark;

	mark = memchr(in, '#', len);
	p->fragment = (struct slice){ mark == NULL ? end : mark, end };
	end = p->fragment.at;
	mark = memchr(in, '?', (size_t)(end - in));
	p->query = (struct slice){ mark == NULL ? end : mark, end };
	p->rest = (struct slice){ in, p->query.at };
}

int
url_parse(struct url *url, char *dst, const char *in, size_t len, const struct url *base)
{
	struct parser p = { .url = url, .dst = dst, .to = dst, .base = base };

	*url = (struct url){ .href = dst };
	split(&p, in, len);
	if (parse_parts(&p) < 0)
		return -1;
	if (url->query == 0)
		url->query = offset(&p);
	guard_path(&p);
	if (length(p.query) > 0) {
		url->query = offset(&p);
		*p.to++ = '?';
		p.query.at++;
		put_encoded(&p, p.query, is_special(&p) ? SET_SPECIAL_QUERY : SET_QUERY);
	}
	url->fragment = offset(&p);
	if (length(p.fragment) > 0) {
		*p.to++ = '#';
		p.fragment.at++;
		put_encoded(&p, p.fragment, SET_FRAGMENT);
	}
	url->len = offset(&p);
	url->last_slash = url->path;
	for (size_t i = url->query; i-- > url->path;)
		if (dst[i] == '/') {
			url->last_slash = i;
			break;
		}
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

/* Does in, at a slash or a percent sign, perhaps begin a dot segment? */
static bool
may_be_dots(const char *in, const char *end)
{
	if (*in == '/')
		return in + 1 < end && in[1] == '.';
	return end - in >= 3 && strncasecmp(in, "%2e", 3) == 0;
}

/* Can the bytes from in on, of path, query and fragment, be copied as they are? */
static bool
is_plain(const char *in, const char *end, bool in_path)
{
	bool slash = in_path, marked = false;

	for (; in < end; in++) {
		unsigned char byte = (unsigned char)*in;

		if (byte >= 0x80)
			return false;
		if (sets[byte] == 0)
			continue;
		switch (byte) {
		case '/':
		case '%':
			if (!marked && may_be_dots(in, end))
				return false;
			slash |= byte == '/';
			break;
		case ':':
			if (!slash)
				return false;
			break;
		case '?':
		case '#':
			slash = marked = true;
			if (byte == '#' && memchr(in + 1, '#', (size_t)(end - in - 1)))
				return false;
			break;
		default:
			if ((sets[byte] & ~SET_USERINFO) != 0 || byte == '\\')
				return false;
		}
	}
	return true;
}

size_t
url_join(char *dst, const char *in, size_t len, const struct url *base)
{
	const char *end = in + len;
	size_t keep = base->last_slash + 1;

	if (base->scheme > SCHEME_HTTPS || len == 0 || base->opaque)
		return 0;
	switch (*in) {
	case '#':
		keep = base->fragment;
		break;
	case '?':
		keep = base->query;
		break;
	case '/':
		if (len > 1 && (in[1] == '/' || in[1] == '\\'))
			return 0;
		keep = base->path;
		break;
	case '.':
		while (end - in >= 3 && memcmp(in, "../", 3) == 0) {
			while (keep - 1 > base->path && base->href[keep - 2] != '/')
				keep--;
			keep -= keep - 1 > base->path;
			in += 3;
		}
		if (in < end && *in == '.')
			return 0;
		break;
	default:
		break;
	}
	if (!is_plain(in, end, keep != base->last_slash + 1))
		return 0;
	memcpy(dst, base->href, keep);
	memcpy(dst + keep, in, (size_t)(end - in));
	return keep + (size_t)(end - in);
}
