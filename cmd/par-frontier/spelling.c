/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "need.h"
#include "record.h"
#include "spelling.h"
#include "url.h"

/* What a field stands for, without what the parser takes away: as it is, or in *text. */
static struct field
plain(struct bytes *text, const char *data, size_t len)
{
	char *to;

	if (len == 0 || (memchr(data, '\\', len) == NULL && !url_is_dirty(data, len)))
		return (struct field){ data, len };
	to = need_room(text, len);
	len = field_unescape(to, data, len);
	len = url_clean(to, to, len);
	text->len += len;
	return (struct field){ to, len };
}

/* The URL in field, written behind what is in *text.  False: it is none, or of no use. */
static bool
parse(struct url *url, struct bytes *text, struct field field)
{
	size_t room = url_room(field.len, NULL), before = text->len;
	bool own = field.data == text->data;
	char *to = need_room(text, room);

	if (own) /* it may have been moved */
		field.data = text->data;
	if (url_parse(url, to, field.data, field.len, NULL) < 0)
		return false;
	text->len = before + url->fragment;
	return url->scheme <= SCHEME_HTTPS;
}

/* Escape the last len bytes of *text, of which a query may have backslashes. */
static void
escape(struct bytes *text, size_t len)
{
	size_t from = text->len - len;

	if (memchr(text->data + from, '\\', len) == NULL)
		return;
	need_room(text, 2 * len);
	len = field_escape(text->data + text->len, text->data + from, len);
	memmove(text->data + from, text->data + text->len, len);
	text->len = from + len;
}

bool
spelling_read(struct spelling *out, struct bytes *text, const char *data, size_t len)
{
	struct url url;
	size_t from;

	bytes_clear(text, RECORD_BUFFER);
	if (!parse(&url, text, plain(text, data, len)))
		return false;
	from = text->len - url.fragment;
	escape(text, url.fragment);
	*out = (struct spelling){ .data = text->data + from,
		.len = text->len - from,
		.host = url.host,
		.host_len = url.path - url.host };
	return true;
}

/* Does a part of a path have a digit, beside those of its percent-encoded bytes? */
static bool
has_digit(const char *part, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (part[i] == '%')
			i += 2;
		else if (part[i] >= '0' && part[i] <= '9')
			return true;
	return false;
}

struct field
spelling_shape(const struct spelling *url, struct bytes *text)
{
	size_t at = url->host + url->host_len;
	const char *p = url->data + at, *end = url->data + url->len;
	const char *query = memchr(p, '?', (size_t)(end - p));

	end = query != NULL ? query : end;
	bytes_clear(text, RECORD_BUFFER);
	need_put(text, url->data, at);
	while (p < end) {
		const char *slash = memchr(p + 1, '/', (size_t)(end - p - 1));
		size_t len = (size_t)((slash != NULL ? slash : end) - p);

		if (has_digit(p, len))
			need_put(text, "/*", 2);
		else
			need_put(text, p, len);
		p += len;
	}
	return (struct field){ text->data, text->len };
}

bool
spelling_same_host(const struct spelling *a, const struct spelling *b)
{
	return a->host_len == b->host_len &&
	    memcmp(a->data + a->host, b->data + b->host, a->host_len) == 0;
}
