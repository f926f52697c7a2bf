/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "media_type.h"
#include "need.h"
#include "page.h"
#include "page_base.h"
#include "page_encoding.h"
#include "page_text.h"

/* The fields of a page record. */
enum { FIELD_URL, FIELD_STATUS, FIELD_TYPE, FIELD_EFFECTIVE, FIELD_ERROR, FIELD_BODY };
enum { FIELDS = FIELD_BODY + 2 }; /* the last one is what follows the body */

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
		if (kind->form == KIND_REFRESH && !tag_has(tag, "http-equiv", "refresh"))
			continue;
		if (!described)
			describe(pages, tag, &link);
		described = true;
		put_values(pages, kind, &link, value, len);
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

static void
links_of_tree(struct pages *pages)
{
	bool plain = choice_is_plain(pages->choice) && pages->choice->kinds.anchors_only;
	uint32_t id = 0;

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

const char *
page_links(struct pages *pages, const struct record *rec)
{
	struct field fields[FIELDS];
	size_t count = field_split(rec->data, rec->len, fields, FIELDS);
	const struct field *body = &fields[FIELD_BODY], *type = &fields[FIELD_TYPE];
	const char *why = NULL;
	char *data;

	if (count <= FIELD_ERROR)
		return "not a page record: fewer than five fields";
	pages->html = media_is_html(type);
	pages->xml = media_is_xhtml(type);
	if (count <= FIELD_BODY || body->len == 0)
		return NULL;
	if (!pages->html && (pages->choice->regex == NULL || !media_is_text(type)))
		return NULL;
	pages->data = data = need_anew(&pages->body, body->len);
	pages->len = field_unescape(data, body->data, body->len);
	sink_begin(pages->sink, fields[FIELD_URL]);
	pages_use_charset(pages, type);
	pages_use_document(pages,
	    &fields[fields[FIELD_EFFECTIVE].len > 0 ? FIELD_EFFECTIVE : FIELD_URL]);
	if (pages->html)
		build_tree(pages);
	if (pages->choice->regex != NULL)
		why = links_of_regex(pages);
	else
		links_of_tree(pages);
	if (why == NULL && pages->sink->failed)
		why = pages->sink->why;
	if (why == NULL && pages->choice->regex == NULL && pages->build.tree.overflow)
		why = "too many copies of links that are not closed";
	return why;
}

void
pages_close(struct pages *pages)
{
	build_close(&pages->build);
	free(pages->body.data);
	free(pages->decoded.data);
	free(pages->bytes.data);
	free(pages->value.data);
	free(pages->text.data);
	free(pages->rel.data);
	free(pages->document.data);
	free(pages->base.data);
}
