/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "listing.h"
#include "media_type.h"
#include "need.h"
#include "page_text.h"

/* Does the path of a URL end so, before its query? */
static bool
path_ends(const struct field *url, const char *end)
{
	size_t len = 0, end_len = strlen(end);

	while (len < url->len && url->data[len] != '?' && url->data[len] != '#')
		len++;
	return len >= end_len && memcmp(url->data + len - end_len, end, end_len) == 0;
}

enum listing
listing_kind(const struct pages *pages, const struct field *type, const struct field *url)
{
	const struct kind_set *set = &pages->choice->kinds;

	if (pages->choice->regex != NULL || pages->html)
		return LISTING_NONE;
	if ((set->sitemap || set->feed) && (media_is_xml(type) || media_is_gzip(type)))
		return LISTING_XML;
	return set->sitemap && media_is_text(type) && path_ends(url, "/robots.txt")
	    ? LISTING_ROBOTS
	    : LISTING_NONE;
}

static void
put_link(struct pages *pages, const char *kind, struct field value)
{
	const char *end = value.data + value.len;
	struct link link = { .kind = kind,
		.text = { "", 0 },
		.rel = { "", 0 },
		.data = ascii_skip_blanks(value.data, end) };

	while (end > link.data && ascii_is_blank(end[-1]))
		end--;
	link.len = (size_t)(end - link.data);
	if (link.len > 0 && !sink_full(pages->sink))
		sink_put(pages->sink, &link);
}

/* Is that the name of a tag, without a prefix? */
static bool
is_named(const struct token *tag, const char *name)
{
	return tag->len == strlen(name) && memcmp(tag->text, name, tag->len) == 0;
}

/* What a document is by its root, if it is wanted: the kind of its links, or NULL. */
static const char *
kind_of_root(const struct pages *pages, const struct token *root)
{
	const struct kind_set *set = &pages->choice->kinds;

	if (is_named(root, "urlset") || is_named(root, "sitemapindex"))
		return set->sitemap ? "sitemap" : NULL;
	if (is_named(root, "rss") || is_named(root, "feed") || is_named(root, "rdf:RDF"))
		return set->feed ? "feed" : NULL;
	return NULL;
}

/* Is it text of <![CDATA[, which has no references? */
static bool
is_cdata(const struct pages *pages, const struct token *text)
{
	static const char open[] = "<![CDATA[";
	size_t len = strlen(open);

	return (size_t)(text->text - pages->data) >= len &&
	    memcmp(text->text - len, open, len) == 0;
}

/* The text inside of an element, up to the next tag, in pages->text; *more: there is one.
 */
static struct field
text_inside(struct pages *pages, struct tokens *tokens, struct token *token, bool *more)
{
	struct bytes *text = &pages->text;

	text->len = 0;
	while ((*more = token_next(tokens, true, token)) && token->kind == TOKEN_TEXT) {
		struct field piece = is_cdata(pages, token)
		    ? pages_to_utf8(pages, &pages->value, token->text, token->len)
		    : pages_decode(pages, &pages->value, token->text, token->len);

		need_put(text, piece.data, piece.len);
	}
	return (struct field){ text->data == NULL ? "" : text->data, text->len };
}

/* The href of a link, as Atom has it, or an alternate of a page in a sitemap. */
static bool
put_href(struct pages *pages, const char *kind, const struct token *token)
{
	const char *value;
	size_t len;

	if (!attribute_find_exact(
		token->text + token->len, token->end, "href", &value, &len))
		return false;
	put_link(pages, kind, pages_decode(pages, &pages->value, value, len));
	return true;
}

static void
links_of_xml(struct pages *pages)
{
	struct tokens tokens = { .names = &pages->build.names,
		.xml = true,
		.at = pages->data,
		.end = pages->data + pages->len };
	const char *kind = NULL;
	struct token token;
	bool more = token_next(&tokens, true, &token);

	while (more && token.kind != TOKEN_START)
		more = token_next(&tokens, true, &token);
	if (more)
		kind = kind_of_root(pages, &token);
	while (more && kind != NULL) {
		bool loc = strcmp(kind, "sitemap") == 0 && is_named(&token, "loc");
		bool link = is_named(&token, "link") || is_named(&token, "xhtml:link");
		bool start = token.kind == TOKEN_START;

		if (start && link && put_href(pages, kind, &token))
			loc = link = false;
		if (start && !token.closed && (loc || link))
			put_link(pages, kind, text_inside(pages, &tokens, &token, &more));
		else
			more = token_next(&tokens, true, &token);
		more = more && !sink_full(pages->sink);
	}
}

/* "Sitemap: URL" on a line of its own. */
static void
links_of_robots(struct pages *pages)
{
	static const char word[] = "sitemap:";
	const char *at = pages->data, *end = at + pages->len;

	while (at < end) {
		const char *stop = at, *p;

		while (stop < end && *stop != '\n' && *stop != '\r')
			stop++;
		p = ascii_skip_blanks(at, stop);
		if ((size_t)(stop - p) > strlen(word) &&
		    strncasecmp(p, word, strlen(word)) == 0) {
			const char *first = ascii_skip_blanks(p + strlen(word), stop),
				   *last = first;

			while (last < stop && !ascii_is_blank(*last) && *last != '#')
				last++;
			put_link(pages, "sitemap",
			    pages_to_utf8(
				pages, &pages->value, first, (size_t)(last - first)));
		}
		at = stop < end ? stop + 1 : end;
	}
}

void
listing_links(struct pages *pages, enum listing listing)
{
	if (listing == LISTING_XML)
		links_of_xml(pages);
	else if (listing == LISTING_ROBOTS)
		links_of_robots(pages);
}
