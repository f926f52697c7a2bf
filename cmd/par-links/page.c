/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "ascii.h"
#include "gunzip.h"
#include "listing.h"
#include "media_type.h"
#include "need.h"
#include "page.h"
#include "page_base.h"
#include "page_encoding.h"
#include "page_header.h"
#include "page_text.h"
#include "robots_words.h"
#include "xml.h"

/* The fields of a page record. */
enum {
	FIELD_URL,
	FIELD_STATUS,
	FIELD_TYPE,
	FIELD_EFFECTIVE,
	FIELD_ERROR,
	FIELD_BODY,
	FIELD_HEADER = FIELD_BODY + 4, /* with --headers */
	FIELDS = FIELD_HEADER + 2 /* the last one is what follows */
};

/* Put the links of one attribute. */
static void
put_values(struct pages *pages, const struct link_kind *kind, struct link *link,
    const char *data, size_t len)
{
	struct field value = pages_decode(pages, &pages->value, data, len);
	size_t at = 0, link_len;

	while (!sink_full(pages->sink) &&
	    kind_next(kind->form, value.data, value.len, &at, &link_len)) {
		link->data = value.data + at;
		link->len = link_len;
		sink_put(pages->sink, link);
		at += link_len;
		if (kind->form != KIND_SRCSET)
			break;
	}
}

/* Look up what is asked for besides the link. */
static void
describe(struct pages *pages, const struct tag *tag, struct link *link)
{
	const char *value;
	size_t len;

	link->kind = tag->name;
	link->text = link->rel = (struct field){ "", 0 };
	if (pages->choice->show_text)
		link->text = strcmp(tag->name, "a") == 0
		    ? pages_text_of_anchor(pages, tag)
		    : pages_text_of_image(pages, tag);
	if (choice_needs_rel(pages->choice) && tag_value(tag, "rel", &value, &len))
		link->rel = pages_decode(pages, &pages->rel, value, len);
}

/* Put the links of an attribute; those of <base> are not resolved on themselves. */
static void
put_resolved(struct pages *pages, const struct link_kind *kind, struct link *link,
    const char *data, size_t len)
{
	struct sink *sink = pages->sink;
	struct url base = sink->base;
	bool has_base = sink->has_base;

	if (strcmp(kind->element, "base") == 0) {
		sink->base = sink->document;
		sink->has_base = sink->has_document;
	}
	put_values(pages, kind, link, data, len);
	sink->base = base;
	sink->has_base = has_base;
}

/* Is the attribute one that SVG looks at only if there is no href? */
static bool
superseded(const struct link_kind *kind, const struct tag *tag)
{
	const char *value;
	size_t len;

	return strcmp(kind->attribute, "xlink:href") == 0 &&
	    tag_value(tag, "href", &value, &len);
}

/* Put the links of a tag. */
static void
put_tag(struct pages *pages, const struct tag *tag)
{
	unsigned where = tag->foreign ? KIND_FOREIGN : KIND_HTML;
	struct link link;
	bool described = false;

	for (size_t i = 0; kinds[i].element != NULL; i++) {
		const struct link_kind *kind = &kinds[i];
		const char *value;
		size_t len;

		if (!pages->choice->kinds.chosen[i] || (kind->where & where) == 0 ||
		    strcmp(kind->element, tag->name) != 0 ||
		    !tag_value(tag, kind->attribute, &value, &len))
			continue;
		if (superseded(kind, tag))
			continue;
		if (kind->form == KIND_REFRESH && !tag_has(tag, "http-equiv", "refresh"))
			continue;
		if (!described)
			describe(pages, tag, &link);
		described = true;
		put_resolved(pages, kind, &link, value, len);
	}
}

/* Put the link of an HTML element that has but one and nothing to decode; or false. */
static bool
put_plain(struct pages *pages, const struct tag *tag)
{
	const char *value;
	size_t len;

	return !tag->foreign && tag->name[0] == 'a' &&
	    tag_value(tag, "href", &value, &len) && memchr(value, '&', len) == NULL &&
	    sink_put_plain(pages->sink, value, len);
}

/* Does a <meta name=robots> say that no link of the page is to be followed? */
static bool
says_nofollow(const struct tag *meta)
{
	const char *value;
	size_t len;

	return !meta->foreign && strcmp(meta->name, "meta") == 0 &&
	    tag_has(meta, "name", "robots") && tag_value(meta, "content", &value, &len) &&
	    robots_say_nofollow(value, len);
}

static bool
is_nofollow(const struct pages *pages)
{
	uint32_t id = 0;

	while ((id = tree_next_wanted(&pages->build.tree, id)) != 0) {
		struct tag tag = pages_tag(pages, id);

		if (says_nofollow(&tag))
			return true;
	}
	return false;
}

static void
links_of_tree(struct pages *pages)
{
	bool plain = choice_is_plain(pages->choice) && pages->choice->kinds.anchors_only;
	uint32_t id = 0;

	if (pages->choice->skip_nofollow && is_nofollow(pages))
		return;
	while (!sink_full(pages->sink) &&
	    (id = tree_next_wanted(&pages->build.tree, id)) != 0) {
		struct tag tag = pages_tag(pages, id);

		if (!plain || !put_plain(pages, &tag))
			put_tag(pages, &tag);
	}
}

static const char *
links_of_regex(struct pages *pages)
{
	struct pattern *regex = pages->choice->regex;
	struct link link = { .kind = "regex", .text = { "", 0 }, .rel = { "", 0 } };
	size_t at = 0, len = pages->len;

	while (at <= len && !sink_full(pages->sink)) {
		size_t group = regex->group_count > 0 ? 1 : 0;
		int got = pattern_match(regex, pages->data, len, at, pages->why);
		size_t start, end;

		if (got <= 0)
			return got < 0 ? pages->why : NULL;
		start = regex->groups[2 * group];
		end = regex->groups[2 * group + 1];
		if (start != PCRE2_UNSET && regex->groups[1] > regex->groups[0]) {
			struct field value = pages_decode(
			    pages, &pages->value, pages->data + start, end - start);

			link.data = value.data;
			link.len = value.len;
			sink_put(pages->sink, &link);
		}
		at = regex->groups[1] > at ? regex->groups[1] : at;
		if (regex->groups[1] <= regex->groups[0])
			at++; /* an empty match would be found for ever */
		while (at < len && ((unsigned char)pages->data[at] & 0xc0) == 0x80)
			at++;
	}
	return NULL;
}

/* Build the tree of the page, for its base too. */
static void
build_tree(struct pages *pages)
{
	const bool *wanted = pages->choice->kinds.names;

	if (pages->xml)
		build_xml(&pages->build, pages->data, pages->len, wanted);
	else
		build_page(&pages->build, pages->data, pages->len, wanted);
	if (pages->build.has_base)
		pages_use_base_element(pages);
}

void
pages_open(struct pages *pages)
{
	names_open(&pages->build.names);
}

/* Put the links of the page at work on; NULL, or why it has failed. */
static const char *
put_links(struct pages *pages, enum listing listing)
{
	const char *why = NULL;

	if (pages->html)
		build_tree(pages);
	if (listing != LISTING_NONE)
		listing_links(pages, listing);
	else if (pages->choice->regex != NULL)
		why = links_of_regex(pages);
	else
		links_of_tree(pages);
	if (why == NULL && pages->sink->failed)
		why = pages->sink->why;
	if (why == NULL && pages->html && pages->choice->regex == NULL &&
	    pages->build.tree.overflow)
		why = "too many copies of links that are not closed";
	return why;
}

/* Put the links of the header, if there is one.  False: it wants none to be followed. */
static bool
put_header(struct pages *pages, const struct field *fields, size_t count)
{
	pages->header.len = 0;
	if (!pages->choice->headers || count <= FIELD_HEADER)
		return true;
	page_header_use(pages, &fields[FIELD_HEADER]);
	if (pages->choice->skip_nofollow && page_header_says_nofollow(pages))
		return false;
	page_header_links(pages);
	return true;
}

/* What a list is packed in is no part of it; NULL, or what is wrong. */
static const char *
unpack(struct pages *pages, enum listing listing)
{
	const char *why;

	if (listing != LISTING_XML || !gunzip_is(pages->data, pages->len))
		return NULL;
	pages->unpacked.len = 0;
	why = gunzip(&pages->unpacked, pages->data, pages->len, RECORD_LIMIT);
	pages->data = pages->unpacked.data;
	pages->len = pages->unpacked.len;
	return why;
}

const char *
page_links(struct pages *pages, const struct record *rec)
{
	struct field fields[FIELDS];
	size_t count = field_split(rec->data, rec->len, fields, FIELDS);
	const struct field *body = &fields[FIELD_BODY], *url = &fields[FIELD_URL];
	struct field type;
	const char *bad, *why;
	enum listing listing;
	char *data;

	if (count <= FIELD_ERROR)
		return rec->len > 0 && rec->data[0] == '<'
		    ? "a page, not a page record: par-fetch makes that of a URL, "
		      "and --html reads a page as it is"
		    : "not a page record, as par-fetch writes them: fewer than five "
		      "fields";
	type = media_type(&fields[FIELD_TYPE]);
	if (fields[FIELD_EFFECTIVE].len > 0)
		url = &fields[FIELD_EFFECTIVE];
	pages->html = media_is_html(&type);
	pages->xml = media_is_xhtml(&type);
	listing = listing_kind(pages, &type, url);
	pages->markup = pages->html || media_is_xml(&type) || listing == LISTING_XML;
	sink_begin(pages->sink, fields[FIELD_URL]);
	pages_use_document(pages, url);
	if (!put_header(pages, fields, count) || count <= FIELD_BODY || body->len == 0)
		return NULL;
	if (!pages->html && listing == LISTING_NONE &&
	    (pages->choice->regex == NULL || !media_is_text(&type)))
		return pages->sink->failed ? pages->sink->why : NULL;
	pages->data = data = need_anew(&pages->body, body->len);
	pages->len = field_unescape(data, body->data, body->len);
	bad = unpack(pages, listing);
	pages_use_charset(pages, &type);
	why = put_links(pages, listing);
	return bad != NULL ? bad : why;
}

void
pages_close(struct pages *pages)
{
	build_close(&pages->build);
	free(pages->body.data);
	free(pages->unpacked.data);
	free(pages->decoded.data);
	free(pages->bytes.data);
	free(pages->value.data);
	free(pages->text.data);
	free(pages->rel.data);
	free(pages->document.data);
	free(pages->base.data);
	free(pages->header.data);
}
