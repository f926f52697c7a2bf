/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "url_join.h"
#include "url_sets.h"

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
		if (url_sets[byte] == 0)
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
			if ((url_sets[byte] & ~SET_USERINFO) != 0 || byte == '\\')
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
