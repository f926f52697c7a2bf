/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "diag.h"
#include "need.h"
#include "target.h"
#include "url_host.h"
#include "url_scheme.h"

static const char no_host[] = "not a URL: no proper host name";

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

/* A URL is not to blame for a lack of memory. */
static void
check_memory(CURLUcode code)
{
	if (code == CURLUE_OUT_OF_MEMORY)
		die(STATUS_BROKEN, ENOMEM, "libcurl");
}

/* A copy of a part of the parser's URL, or NULL if there is none. */
static char *
part(CURLU *parser, CURLUPart what, unsigned flags)
{
	char *text = NULL, *copy;
	CURLUcode code = curl_url_get(parser, what, &text, flags);

	check_memory(code);
	if (code != CURLUE_OK)
		return NULL;
	copy = need_string(text, strlen(text));
	curl_free(text);
	return copy;
}

/* The host as curl asks it, in ASCII if it can do that; NULL if there is none. */
static char *
part_host(CURLU *parser)
{
	char *host = NULL;

#ifdef CURLU_PUNYCODE
	host = part(parser, CURLUPART_HOST, CURLU_PUNYCODE);
#endif
	return host != NULL ? host : part(parser, CURLUPART_HOST, 0);
}

/* Put the host that libcurl is to ask, as the URL Standard has it.  0, or -1: none. */
static int
put_host(struct bytes *key, CURLU *parser, bool special)
{
	char *host = part_host(parser), *to;
	size_t len = host == NULL ? 0 : strlen(host);
	long got = 0;

	if (len > 0) {
		to = need_room(key, 3 * len + HOST_ROOM);
		got = host_parse(to, host, len, special, NULL);
	}
	free(host);
	if (got < 0)
		return -1;
	key->len += (size_t)got;
	return 0;
}

/* host:port; of a scheme without hosts, a colon.  NULL: its host is none. */
static char *
make_key(CURLU *parser)
{
	char *scheme = part(parser, CURLUPART_SCHEME, 0);
	char *port = part(parser, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	bool special = url_scheme_of(scheme, strlen(scheme)) != SCHEME_OTHER;
	struct bytes key = { 0 };
	bool good = put_host(&key, parser, special) == 0;

	need_put(&key, ":", 1);
	if (port != NULL)
		need_put(&key, port, strlen(port));
	need_put(&key, "", 1);
	free(scheme);
	free(port);
	if (good)
		return key.data;
	bytes_free(&key);
	return NULL;
}

/* Check the scheme; NULL, or why not. */
static const char *
check_scheme(struct target *out, CURLU *parser, const char *protocols)
{
	char *scheme = part(parser, CURLUPART_SCHEME, 0);
	bool allowed = scheme != NULL && listed(protocols, scheme);

	out->http = scheme != NULL && listed("http,https", scheme);
	free(scheme);
	return allowed ? NULL : "protocol is not allowed";
}

/* What the parser holds goes to out; NULL, or why it cannot. */
static const char *
take_apart(struct target *out, CURLU *parser, const char *protocols)
{
	const char *why = check_scheme(out, parser, protocols);

	if (why != NULL)
		return why;
	out->user = part(parser, CURLUPART_USER, CURLU_URLDECODE);
	out->password = part(parser, CURLUPART_PASSWORD, CURLU_URLDECODE);
	curl_url_set(parser, CURLUPART_USER, NULL, 0);
	curl_url_set(parser, CURLUPART_PASSWORD, NULL, 0);
	curl_url_set(parser, CURLUPART_FRAGMENT, NULL, 0);
	out->url = part(parser, CURLUPART_URL, 0);
	if (out->url == NULL)
		return "not a URL";
	out->key = make_key(parser);
	return out->key == NULL ? no_host : NULL;
}

/* Why a URL that libcurl does not take is none. */
static const char *
refusal(CURLUcode code)
{
	if (code == CURLUE_BAD_SCHEME)
		return "not a URL: no http:// or https:// in front";
	if (code == CURLUE_NO_HOST || code == CURLUE_BAD_HOSTNAME)
		return no_host;
	if (code == CURLUE_BAD_PORT_NUMBER)
		return "not a URL: no proper port number";
	return "not a URL";
}

const char *
target_read(struct target *out, CURLU *parser, const char *text, size_t len,
    const char *protocols)
{
	const unsigned flags =
	    CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE | CURLU_ALLOW_SPACE;
	const char *why;
	CURLUcode code;
	char *copy;

	*out = (struct target){ 0 };
	while (len > 0 && isspace((unsigned char)text[0]))
		text++, len--;
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		len--;
	if (len == 0)
		return "empty, not a URL";
	if (len > TARGET_LONGEST)
		return "not a URL: longer than 4 MiB";
	if (memchr(text, '\0', len) != NULL)
		return "not a URL: NUL byte";
	copy = need_string(text, len);
	code = curl_url_set(parser, CURLUPART_URL, copy, flags);
	free(copy);
	check_memory(code);
	if (code != CURLUE_OK)
		return refusal(code);
	why = take_apart(out, parser, protocols);
	curl_url_set(parser, CURLUPART_URL, NULL, 0);
	if (why != NULL)
		target_release(out);
	return why;
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
