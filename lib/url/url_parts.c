/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <string.h>

#include "url_parts.h"

struct url_slice
url_take_to_slash(enum url_scheme scheme, struct url_slice *s)
{
	struct url_slice before = { s->at, s->at };

	while (before.end < s->end && !url_is_slash(scheme, *before.end))
		before.end++;
	s->at = before.end;
	return before;
}

/* User and password, which a colon stands between. */
static void
split_credentials(struct url_authority *out, struct url_slice s)
{
	const char *colon = memchr(s.at, ':', url_length(s));

	out->user = (struct url_slice){ s.at, colon == NULL ? s.end : colon };
	out->password = (struct url_slice){ colon == NULL ? s.end : colon + 1, s.end };
}

/* Where the host ends: a colon outside of brackets. */
static const char *
host_end(struct url_slice s)
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

/* The port, digits that may be missing.  0, or -1. */
static int
read_port(struct url_authority *out, enum url_scheme scheme, struct url_slice s)
{
	unsigned port = 0;

	if (url_length(s) == 0)
		return 0;
	for (; s.at < s.end; s.at++) {
		if (!ascii_is_digit(*s.at))
			return -1;
		port = port * 10 + (unsigned)(*s.at - '0');
		if (port > UINT16_MAX)
			return -1;
	}
	out->has_port = scheme == SCHEME_OTHER || port != url_scheme_port(scheme);
	out->port = port;
	return 0;
}

int
url_take_apart(
    struct url_authority *out, enum url_scheme scheme, struct url_slice authority)
{
	const char *at = memrchr(authority.at, '@', url_length(authority)), *end;

	*out = (struct url_authority){ 0 };
	if (at != NULL) {
		split_credentials(out, (struct url_slice){ authority.at, at });
		authority.at = at + 1;
		if (url_length(authority) == 0)
			return -1;
	}
	end = host_end(authority);
	out->host = (struct url_slice){ authority.at, end };
	if (url_length(out->host) == 0 && (scheme != SCHEME_OTHER || end < authority.end))
		return -1;
	if (end == authority.end)
		return 0;
	return read_port(out, scheme, (struct url_slice){ end + 1, authority.end });
}
