/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "field.h"
#include "need.h"
#include "record.h"
#include "url.h"

/* Which default port goes with a scheme, and how long "http://" is; NULL if neither. */
static const char *
scheme_of(const char *data, size_t len, size_t *scheme_len)
{
	static const char http[] = "http://", https[] = "https://";

	*scheme_len = sizeof(http) - 1;
	if (len > *scheme_len && strncasecmp(data, http, *scheme_len) == 0)
		return ":80";
	*scheme_len = sizeof(https) - 1;
	if (len > *scheme_len && strncasecmp(data, https, *scheme_len) == 0)
		return ":443";
	return NULL;
}

/* The end of the first run of bytes of data that are none of stop. */
static size_t
until(const char *data, size_t len, const char *stop)
{
	size_t at = 0;

	while (at < len && strchr(stop, data[at]) == NULL)
		at++;
	return at;
}

static void
put_small(struct bytes *text, const char *data, size_t len)
{
	char *to = need_room(text, len);

	for (size_t i = 0; i < len; i++)
		to[i] = data[i] >= 'A' && data[i] <= 'Z' ? (char)(data[i] + 32) : data[i];
	text->len += len;
}

/* Put len bytes of a field, escaped in the one way there is. */
static void
put_field(struct bytes *text, const char *data, size_t len)
{
	char *to = need_room(text, 3 * len), *plain = to + 2 * len;
	size_t plain_len = field_unescape(plain, data, len);

	text->len += field_escape(to, plain, plain_len);
}

bool
url_read(struct url *url, struct bytes *text, const char *data, size_t len)
{
	const char *fragment = memchr(data, '#', len), *port, *at;
	size_t scheme, end, user = 0, port_len;

	if (fragment != NULL)
		len = (size_t)(fragment - data);
	port = scheme_of(data, len, &scheme);
	if (port == NULL)
		return false;
	end = scheme + until(data + scheme, len - scheme, "/?\\");
	at = memrchr(data + scheme, '@', end - scheme);
	if (at != NULL)
		user = (size_t)(at - data) + 1 - scheme;
	bytes_clear(text, RECORD_BUFFER);
	put_small(text, data, scheme);
	need_put(text, data + scheme, user);
	url->host = text->len;
	put_small(text, data + scheme + user, end - scheme - user);
	port_len = strlen(port);
	if (text->len - url->host > port_len &&
	    memcmp(text->data + text->len - port_len, port, port_len) == 0)
		text->len -= port_len;
	url->host_len = text->len - url->host;
	if (end == len || data[end] != '/')
		need_put(text, "/", 1);
	put_field(text, data + end, len - end);
	url->data = text->data;
	url->len = text->len;
	return url->host_len > 0 && field_clean(data + scheme, user) == user &&
	    field_clean(url->data + url->host, url->host_len) == url->host_len;
}

bool
url_same_host(const struct url *a, const struct url *b)
{
	return a->host_len == b->host_len &&
	    memcmp(a->data + a->host, b->data + b->host, a->host_len) == 0;
}
