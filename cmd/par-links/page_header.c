/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "need.h"
#include "page_header.h"
#include "robots_words.h"

/* What is left of a text to be read. */
struct rest_of_line {
	const char *at, *end;
};

void
page_header_use(struct pages *pages, const struct field *lines)
{
	char *to = need_anew(&pages->header, lines->len);

	pages->header.len = field_unescape(to, lines->data, lines->len);
}

static void
skip_blanks(struct rest_of_line *rest)
{
	rest->at = ascii_skip_blanks(rest->at, rest->end);
}

/* The value of the next line of that name, from *at on.  False: there is none. */
static bool
next_value(
    const struct pages *pages, size_t *at, const char *name, struct rest_of_line *value)
{
	const char *data = pages->header.data;
	size_t name_len = strlen(name), len = pages->header.len;

	while (*at < len) {
		const char *line = data + *at;
		const char *end = memchr(line, '\n', len - *at);

		if (end == NULL)
			end = data + len;
		*at = (size_t)(end - data) + 1;
		if ((size_t)(end - line) <= name_len || line[name_len] != ':' ||
		    strncasecmp(line, name, name_len) != 0)
			continue;
		*value = (struct rest_of_line){ line + name_len + 1, end };
		skip_blanks(value);
		return true;
	}
	return false;
}

/* Is it "bot: rules", which are for that one alone?  Dates have colons, too. */
static bool
is_for_another(const struct rest_of_line *value)
{
	static const char date[] = "unavailable_after";
	const char *end = value->at;

	while (end < value->end && *end != ',' && *end != ':' && !ascii_is_blank(*end))
		end++;
	if (ascii_skip_blanks(end, value->end) == value->end || *end == ',')
		return false;
	return *ascii_skip_blanks(end, value->end) == ':' &&
	    ((size_t)(end - value->at) != strlen(date) ||
		strncasecmp(value->at, date, strlen(date)) != 0);
}

bool
page_header_says_nofollow(const struct pages *pages)
{
	struct rest_of_line value;
	size_t at = 0;

	while (next_value(pages, &at, "X-Robots-Tag", &value))
		if (!is_for_another(&value) &&
		    robots_say_nofollow(value.at, (size_t)(value.end - value.at)))
			return true;
	return false;
}

/* Pass over a quoted string, of which text gets what it stands for. */
static void
take_quoted(struct rest_of_line *rest, struct bytes *text)
{
	for (rest->at++; rest->at < rest->end && *rest->at != '"'; rest->at++) {
		if (*rest->at == '\\' && rest->at + 1 < rest->end)
			rest->at++;
		need_put(text, rest->at, 1);
	}
	if (rest->at < rest->end)
		rest->at++;
}

/* A parameter "; name=value"; false: there is none.  Its value goes to pages->text. */
static bool
take_parameter(struct pages *pages, struct rest_of_line *rest, struct field *name)
{
	struct bytes *text = &pages->text;
	const char *begin;

	skip_blanks(rest);
	if (rest->at == rest->end || *rest->at != ';')
		return false;
	rest->at++;
	skip_blanks(rest);
	begin = rest->at;
	while (rest->at < rest->end && strchr("=;,", *rest->at) == NULL &&
	    !ascii_is_blank(*rest->at))
		rest->at++;
	*name = (struct field){ begin, (size_t)(rest->at - begin) };
	text->len = 0;
	skip_blanks(rest);
	if (rest->at == rest->end || *rest->at != '=')
		return true;
	rest->at++;
	skip_blanks(rest);
	if (rest->at < rest->end && *rest->at == '"') {
		take_quoted(rest, text);
		return true;
	}
	begin = rest->at;
	while (rest->at < rest->end && *rest->at != ';' && *rest->at != ',' &&
	    !ascii_is_blank(*rest->at))
		rest->at++;
	need_put(text, begin, (size_t)(rest->at - begin));
	return true;
}

static struct field
to_utf8(struct bytes *out, const char *data, size_t len)
{
	const struct charset *utf8 = charset_find("utf-8", 5);
	char *to = need_anew(out, CHARSET_GROWTH * len);

	return (struct field){ to, charset_decode(utf8, to, data, len) };
}

/* Put one link, which is on the URL of the page. */
static void
put_link(struct pages *pages, const char *kind, const char *data, size_t len)
{
	struct field value = to_utf8(&pages->value, data, len);
	struct link link = { .kind = kind,
		.data = value.data,
		.len = value.len,
		.text = { "", 0 },
		.rel = {
		    pages->rel.data == NULL ? "" : pages->rel.data, pages->rel.len } };

	if (!sink_full(pages->sink))
		sink_put(pages->sink, &link);
}

/* What stands up to the end of a link with its parameters; its rel in pages->rel. */
static void
take_parameters(struct pages *pages, struct rest_of_line *rest)
{
	struct field name;
	bool has_rel = false;

	pages->rel.len = 0;
	while (take_parameter(pages, rest, &name)) {
		if (has_rel || name.len != 3 || strncasecmp(name.data, "rel", 3) != 0)
			continue; /* the first one counts */
		has_rel = true;
		need_anew(&pages->rel, CHARSET_GROWTH * pages->text.len);
		pages->rel.len = charset_decode(charset_find("utf-8", 5), pages->rel.data,
		    pages->text.data, pages->text.len);
	}
	while (rest->at < rest->end && *rest->at != ',')
		rest->at++;
}

/* "<URL>; rel=next, <URL>; rel=..." */
static void
links_of_value(struct pages *pages, struct rest_of_line rest)
{
	while (rest.at < rest.end) {
		const char *url, *close;

		skip_blanks(&rest);
		if (rest.at == rest.end)
			return;
		if (*rest.at != '<') {
			rest.at++; /* a comma, or none of it */
			continue;
		}
		url = rest.at + 1;
		close = memchr(url, '>', (size_t)(rest.end - url));
		if (close == NULL)
			return;
		rest.at = close + 1;
		take_parameters(pages, &rest);
		put_link(pages, "link", url, (size_t)(close - url));
	}
}

/* The first one counts, as with browsers. */
static void
link_of_refresh(struct pages *pages)
{
	struct rest_of_line value;
	size_t line = 0, at = 0, len;

	pages->rel.len = 0;
	if (next_value(pages, &line, "Refresh", &value) &&
	    kind_next(KIND_REFRESH, value.at, (size_t)(value.end - value.at), &at, &len))
		put_link(pages, "meta", value.at + at, len);
}

/* Are links of that attribute of HTML wanted? */
static bool
is_wanted(const struct pages *pages, const char *element, const char *attribute)
{
	for (size_t i = 0; kinds[i].element != NULL; i++)
		if (pages->choice->kinds.chosen[i] && (kinds[i].where & KIND_HTML) != 0 &&
		    strcmp(kinds[i].element, element) == 0 &&
		    strcmp(kinds[i].attribute, attribute) == 0)
			return true;
	return false;
}

void
page_header_links(struct pages *pages)
{
	const struct charset *charset = pages->sink->charset;
	struct rest_of_line value;
	size_t at = 0;

	if (pages->choice->regex != NULL)
		return;
	pages->sink->charset = charset_find("utf-8", 5);
	if (is_wanted(pages, "link", "href"))
		while (next_value(pages, &at, "Link", &value))
			links_of_value(pages, value);
	if (is_wanted(pages, "meta", "content"))
		link_of_refresh(pages);
	pages->sink->charset = charset;
}
