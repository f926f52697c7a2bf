/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "diag.h"
#include "need.h"
#include "target.h"
#include "url.h"
#include "url_scheme.h"

static const char not_allowed[] = "protocol is not allowed; see --proto";
static const char no_host[] = "not a URL: no proper host name";
static const char too_long[] = "not a URL: longer than 4 MiB";

/* Is scheme one of those in list, which has commas between them? */
static bool
listed(const char *list, const char *scheme)
{
	size_t len = strlen(scheme);

	for (;;) {
		size_t word = strcspn(list, ",");

		if (word == len && strncasecmp(list, scheme, len) == 0)
			return true;
		if (list[word] == '\0')
			return false;
		list += word + 1;
	}
}

/* Is url, which was read, of a scheme that is allowed?  NULL, or why not. */
static const char *
check_scheme(struct target *out, const struct url *url, const char *protocols)
{
	char *scheme = need_string(url->href, url->scheme_end);
	bool allowed = listed(protocols, scheme);

	/* Without slashes libcurl would take the scheme for a host. */
	allowed = allowed && (url->has_host || url->scheme == SCHEME_FILE);
	free(scheme);
	out->http = url->scheme == SCHEME_HTTP || url->scheme == SCHEME_HTTPS;
	return allowed ? NULL : not_allowed;
}

/* Percent-decoded, to *out.  NULL, or why it cannot be sent: a byte of it. */
static const char *
decode(char **out, const char *text, size_t len)
{
	char *to = need_string(text, len), *at = to;

	*out = to;
	for (size_t i = 0; i < len; i++, at++) {
		*at = text[i];
		if (text[i] == '%' && len - i > 2 && ascii_hex(text[i + 1]) >= 0 &&
		    ascii_hex(text[i + 2]) >= 0) {
			*at =
			    (char)(ascii_hex(text[i + 1]) << 4 | ascii_hex(text[i + 2]));
			i += 2;
		}
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return "not a URL: control byte in user or password";
	}
	*at = '\0';
	return NULL;
}

/* User and password of url, if it has any, which begin at from.  NULL, or why not. */
static const char *
take_credentials(struct target *out, const struct url *url, size_t from)
{
	const char *begin = url->href + from, *colon;
	const char *why;
	size_t len;

	if (!url->has_host || url->host <= from)
		return NULL;
	len = url->host - 1 - from; /* without the @ */
	colon = memchr(begin, ':', len);
	why = decode(&out->user, begin, colon == NULL ? len : (size_t)(colon - begin));
	if (why != NULL || colon == NULL)
		return why;
	return decode(&out->password, colon + 1, len - (size_t)(colon + 1 - begin));
}

/* host:port; of a scheme without hosts, a colon. */
static char *
make_key(const struct url *url)
{
	unsigned usual = url_scheme_port(url->scheme);
	struct bytes key = { 0 };

	need_put(&key, url->href + url->host, url->host_end - url->host);
	if (url->has_host && url->path > url->host_end)
		need_put(&key, url->href + url->host_end, url->path - url->host_end);
	else if (url->has_host && usual > 0)
		need_print(&key, ":%u", usual);
	else
		need_put(&key, ":", 1);
	need_put(&key, "", 1);
	return key.data;
}

/* What was read goes to out; NULL, or why it cannot. */
static const char *
take_apart(struct target *out, const struct url *url, const char *protocols)
{
	size_t from = url->scheme_end + 3; /* scheme:// */
	size_t rest = url->has_host ? url->host : url->scheme_end + 1;
	struct bytes href = { 0 };
	const char *why = check_scheme(out, url, protocols);

	if (why == NULL)
		why = take_credentials(out, url, from);
	if (why == NULL && url->fragment > TARGET_LONGEST)
		why = too_long;
	if (why != NULL)
		return why;
	need_put(&href, url->href, url->has_host ? from : rest);
	need_put(&href, url->href + rest, url->fragment - rest);
	need_put(&href, "", 1);
	out->url = href.data;
	out->key = make_key(url);
	return NULL;
}

/* text without its blanks, and with all that is not ASCII as a URL has it. */
static void
put_clean(struct bytes *out, const char *text, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";
	char *to = need_room(out, 3 * len + 1), *start = to;

	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (byte < 0x80) {
			*to++ = text[i];
			continue;
		}
		*to++ = '%';
		*to++ = digits[byte >> 4];
		*to++ = digits[byte & 15];
	}
	out->len += url_clean(start, start, (size_t)(to - start));
}

/* Read text on base, or NULL.  False: it is no URL. */
static bool
read_url(struct url *url, struct bytes *out, const char *text, size_t len,
    const struct url *base)
{
	return url_parse(url, need_room(out, url_room(len, base)), text, len, base) == 0;
}

/* Is clean text, without what stands where its port should, a URL? */
static bool
port_is_wrong(const struct bytes *clean)
{
	size_t begin = url_scheme_length(clean->data, clean->len) + 1, end;
	const char *text = clean->data, *colon;
	struct bytes rest = { 0 }, room = { 0 };
	struct url url;
	bool good;

	while (begin < clean->len && (text[begin] == '/' || text[begin] == '\\'))
		begin++;
	for (end = begin; end < clean->len && strchr("/\\?#", text[end]) == NULL; end++)
		continue;
	colon = end > begin ? memrchr(text + begin, ':', end - begin) : NULL;
	if (colon == NULL)
		return false;
	need_put(&rest, text, (size_t)(colon - text));
	need_put(&rest, text + end, clean->len - end);
	good = read_url(&url, &room, rest.data, rest.len, NULL);
	bytes_free(&rest);
	bytes_free(&room);
	return good;
}

/* Why clean text is no URL, on base or NULL. */
static const char *
refusal(const struct bytes *clean, const char *base)
{
	if (url_scheme_length(clean->data, clean->len) == 0)
		return base != NULL ? no_host
				    : "not a URL: no http:// or https:// in front";
	return port_is_wrong(clean) ? "not a URL: no proper port number" : no_host;
}

/* Read what is clean on base, or NULL. */
static const char *
read_clean(struct target *out, const struct bytes *clean, const char *base,
    const char *protocols)
{
	struct bytes under = { 0 }, text = { 0 };
	struct url url, on;
	const char *why = NULL;

	if (base != NULL && !read_url(&on, &under, base, strlen(base), NULL))
		why = no_host;
	else if (!read_url(
		     &url, &text, clean->data, clean->len, base == NULL ? NULL : &on))
		why = refusal(clean, base);
	else
		why = take_apart(out, &url, protocols);
	bytes_free(&under);
	bytes_free(&text);
	if (why != NULL)
		target_release(out);
	return why;
}

const char *
target_read(struct target *out, const char *base, const char *text, size_t len,
    const char *protocols)
{
	struct bytes clean = { 0 };
	const char *why;

	*out = (struct target){ 0 };
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) /* of a file's begin */
		text += 3, len -= 3;
	if (len > TARGET_LONGEST)
		return too_long;
	if (len > 0 && memchr(text, '\0', len) != NULL)
		return "not a URL: NUL byte";
	put_clean(&clean, text, len);
	why = clean.len == 0 && base == NULL ? "empty, not a URL"
					     : read_clean(out, &clean, base, protocols);
	bytes_free(&clean);
	return why;
}

/* Has text a scheme in front, and not a host with a port? */
static bool
has_scheme(const char *text, size_t len, const char *protocols)
{
	size_t at = url_scheme_length(text, len);
	char *scheme;
	bool known;

	if (at == 0 || at + 1 == len || text[at + 1] < '0' || text[at + 1] > '9')
		return at > 0;
	scheme = need_string(text, at);
	known = listed(protocols, scheme);
	free(scheme);
	return known;
}

void
target_guess(struct bytes *text, const char *protocols)
{
	size_t from =
	    text->len >= 3 && memcmp(text->data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	struct bytes old = *text;
	const char *front = NULL;

	while (from < old.len && (unsigned char)old.data[from] <= ' ')
		from++;
	if (old.len - from >= 2 && memcmp(old.data + from, "//", 2) == 0)
		front = "http:";
	else if (from < old.len && strchr("/?#", old.data[from]) == NULL &&
	    !has_scheme(old.data + from, old.len - from, protocols))
		front = "http://";
	if (front == NULL)
		return;
	*text = (struct bytes){ 0 };
	need_put(text, front, strlen(front));
	need_put(text, old.data + from, old.len - from);
	bytes_free(&old);
}

bool
target_is_https(const struct target *target)
{
	return strncmp(target->url, "https:", 6) == 0;
}

bool
target_same_origin(const struct target *one, const struct target *other)
{
	size_t scheme = strcspn(one->url, ":") + 1;

	return strncmp(one->url, other->url, scheme) == 0 &&
	    strcmp(one->key, other->key) == 0;
}

void
target_release(struct target *target)
{
	free(target->url);
	free(target->key);
	free(target->user);
	free(target->password);
	*target = (struct target){ 0 };
}
