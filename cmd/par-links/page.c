/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "entity.h"
#include "page.h"

/* The fields of a page record. */
enum { FIELD_URL, FIELD_STATUS, FIELD_TYPE, FIELD_EFFECTIVE, FIELD_ERROR, FIELD_BODY };
enum { FIELDS = FIELD_BODY + 2 }; /* the last one is what follows the body */

enum {
	PRESCAN = 1024, /* bytes of a page that may tell its encoding */
	TEXT_MAX = 32 << 10 /* how far the text of an anchor is looked for, bytes */
};

/* A start tag; it points into the page, and is not decoded. */
struct tag {
	const char *name; /* lowercase */
	bool foreign; /* of SVG or MathML */
	const char *attributes, *end; /* what follows its name, and it */
};

/* Is the type, without its parameters, name? */
static bool
type_is(const struct field *type, const char *name)
{
	size_t len = strlen(name);

	if (type->len < len || strncasecmp(type->data, name, len) != 0)
		return false;
	return type->len == len || strchr("; \\", type->data[len]) != NULL;
}

static bool
is_xhtml(const struct field *type)
{
	return type_is(type, "application/xhtml+xml");
}

/* What has no type is taken for HTML too, as browsers take it when it looks like it. */
static bool
is_html(const struct field *type)
{
	return type->len == 0 || type_is(type, "text/html") || is_xhtml(type);
}

/* With --regex any text will do. */
static bool
is_text(const struct field *type)
{
	static const char *const others[] = { "application/xml", "application/json",
		"application/javascript", "image/svg+xml" };

	if (type->len >= 5 && strncasecmp(type->data, "text/", 5) == 0)
		return true;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (type_is(type, others[i]))
			return true;
	return memmem(type->data, type->len, "+xml", 4) != NULL ||
	    memmem(type->data, type->len, "+json", 5) != NULL;
}

/* Part of the page, in UTF-8: as it is, or in room. */
static struct field
to_utf8(struct pages *pages, struct room *room, const char *data, size_t len)
{
	struct field value = { data, len };

	if (!charset_is_utf8(pages->charset, data, len)) {
		char *to = room_take(room, CHARSET_GROWTH * len);

		value.len = charset_decode(pages->charset, to, data, len);
		value.data = to;
	}
	return value;
}

/* A value of the page, in UTF-8 and its character references decoded: in room. */
static struct field
decode(struct pages *pages, struct room *room, const char *data, size_t len)
{
	struct field value = to_utf8(pages, &pages->bytes, data, len);

	if (pages->html && entity_needed(value.data, value.len)) {
		char *to = room_take(room, ENTITY_GROWTH * value.len);

		value.len = entity_decode(to, value.data, value.len, true);
		value.data = to;
	} else if (value.data != data) {
		memcpy(room_take(room, value.len), value.data, value.len);
		value.data = room->data;
	}
	return value;
}

/* The value of the first attribute called name; false if there is none. */
static bool
find_value(const struct tag *tag, const char *name, const char **value, size_t *len)
{
	return attribute_find(tag->attributes, tag->end, name, value, len);
}

/* The encoding that a <meta> tells, or NULL. */
static const struct charset *
charset_of_meta(const struct tag *tag)
{
	const struct charset *charset = NULL;
	const char *value;
	size_t len;

	if (find_value(tag, "charset", &value, &len))
		charset = charset_find(value, len);
	else if (find_value(tag, "http-equiv", &value, &len) && len == 12 &&
	    strncasecmp(value, "content-type", len) == 0 &&
	    find_value(tag, "content", &value, &len))
		charset = charset_of_type(value, len);
	if (charset == NULL)
		return NULL;
	/* A page whose tags could be read is not UTF-16. */
	if (charset->kind == CHARSET_UTF16)
		return charset_find("utf-8", 5);
	if (strcmp(charset->name, "x-user-defined") == 0)
		return charset_find("windows-1252", 12);
	return charset;
}

/*
 * The encoding that a <meta> among the first bytes of the page tells, or NULL.
 * They are looked for before it is known what the tags around them mean.
 */
static const struct charset *
charset_of_metas(const struct pages *pages)
{
	size_t len = pages->len < PRESCAN ? pages->len : PRESCAN;
	struct tokens tokens = {
		.names = &pages->build.names, .at = pages->data, .end = pages->data + len
	};
	const struct charset *charset = NULL;
	struct token token;

	while (charset == NULL && token_next(&tokens, false, &token))
		if (token.kind == TOKEN_START && token.name == NAME_META)
			charset = charset_of_meta(&(struct tag){
			    .attributes = token.text + token.len, .end = token.end });
	return charset;
}

/* The encoding of the page, by the order of the HTML Standard; skips its mark. */
static const struct charset *
find_charset(struct pages *pages, const struct field *type)
{
	const struct charset *charset;
	size_t skip;

	charset = charset_of_mark(pages->data, pages->len, &skip);
	pages->data += skip;
	pages->len -= skip;
	if (charset == NULL)
		charset = charset_of_type(type->data, type->len);
	if (!pages->html)
		return charset == NULL ? charset_find("utf-8", 5) : charset;
	if (charset == NULL)
		charset = charset_of_metas(pages);
	if (charset == NULL)
		return pages->xml ? charset_find("utf-8", 5)
				  : charset_find("windows-1252", 12);
	return charset;
}

/* Find the encoding, and decode the page if its tags could not be found otherwise. */
static void
use_charset(struct pages *pages, const struct field *type)
{
	pages->charset = pages->sink->charset = find_charset(pages, type);
	if (charset_is_whole(pages->charset) || pages->choice->regex != NULL) {
		struct field whole =
		    to_utf8(pages, &pages->decoded, pages->data, pages->len);

		pages->data = whole.data;
		pages->len = whole.len;
		pages->charset = charset_find("utf-8", 5);
	}
}

/* Make the URL of the document what links are resolved on. */
static void
use_document(struct pages *pages, const struct field *url)
{
	struct sink *sink = pages->sink;
	char *text = room_take(&pages->value, url->len), *to;
	size_t len = field_unescape(text, url->data, url->len);

	len = url_clean(text, text, len);
	to = room_take(&pages->document, url_room(len, NULL));
	sink->has_document = link_url(&sink->document, to, text, len, NULL);
	sink->has_base = sink->has_document;
	sink->base = sink->document;
}

/* The tag of a node of the tree. */
static struct tag
tag_of(const struct pages *pages, uint32_t id)
{
	const struct node *node = tree_node(&pages->build.tree, id);
	const char *name = name_facts[node->name].text;

	return (struct tag){ .name = name,
		.foreign = node->space != SPACE_HTML,
		.attributes = pages->data + node->text + node->name_len,
		.end = pages->data + node->end };
}

/* The value of the first <base href>, wherever it stands. */
static bool
find_base(const struct pages *pages, const char **value, size_t *len)
{
	const struct tree *tree = &pages->build.tree;
	uint32_t id = 0;

	while ((id = tree_next_wanted(tree, id)) != 0) {
		const struct node *node = tree_node(tree, id);
		struct tag tag = tag_of(pages, id);

		if (node->name == NAME_BASE && !tag.foreign &&
		    find_value(&tag, "href", value, len))
			return true;
	}
	return false;
}

/* Resolve on it. */
static void
use_base_element(struct pages *pages)
{
	struct sink *sink = pages->sink;
	const struct url *document = sink->has_document ? &sink->document : NULL;
	const char *data;
	size_t len;
	struct field value;
	struct url url;
	char *to;

	if (!find_base(pages, &data, &len))
		return;
	value = decode(pages, &pages->value, data, len);
	to = room_take(&pages->text, value.len);
	value.len = url_clean(to, value.data, value.len);
	to = room_take(&pages->base, url_room(value.len, document));
	if (!link_url(&url, to, pages->text.data, value.len, document) ||
	    strncmp(to, "data:", 5) == 0 || strncmp(to, "javascript:", 11) == 0)
		return;
	sink->base = url;
	sink->has_base = true;
}

/* Runs of blanks become one, and those at the ends none. */
static size_t
collapse(char *text, size_t len)
{
	char *to = text;

	for (size_t i = 0; i < len; i++)
		if (!ascii_is_blank(text[i]))
			*to++ = text[i];
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
	if (to > text && to[-1] == ' ')
		to--;
	return (size_t)(to - text);
}

/*
 * The next piece of the text of an anchor; false at the next start or end tag of
 * one.
 */
static bool
next_text(const struct pages *pages, struct tokens *tokens, struct token *token)
{
	while (token_next(tokens, pages->xml, token)) {
		if (token->kind == TOKEN_TEXT)
			return true;
		if (token->name == NAME_A)
			return false;
		if (token->kind == TOKEN_START && !pages->xml && token_is_raw(token))
			token_skip_raw(tokens, token);
	}
	return false;
}

/* The text of an anchor. */
static struct field
text_of_anchor(struct pages *pages, const struct tag *tag)
{
	struct room *room = &pages->text;
	size_t left = (size_t)(pages->data + pages->len - tag->end);
	struct tokens tokens = { .names = &pages->build.names,
		.at = tag->end,
		.end = tag->end + (left < TEXT_MAX ? left : TEXT_MAX) };
	struct token piece;

	room->used = 0;
	room_add(room, 1);
	while (next_text(pages, &tokens, &piece)) {
		struct field text = to_utf8(pages, &pages->bytes, piece.text, piece.len);
		char *to = room_add(room, ENTITY_GROWTH * text.len);

		room->used += entity_decode(to, text.data, text.len, false);
	}
	return (struct field){ room->data, collapse(room->data, room->used) };
}

/* The text of what has none inside. */
static struct field
text_of_image(struct pages *pages, const struct tag *tag)
{
	struct field text = { "", 0 };
	const char *value;
	size_t len;

	if (find_value(tag, "alt", &value, &len))
		text = decode(pages, &pages->text, value, len);
	return text;
}

/* Put the links of one attribute. */
static void
put_values(struct pages *pages, const struct link_kind *kind, struct link *link,
    const char *data, size_t len)
{
	struct field value = decode(pages, &pages->value, data, len);
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

/* Is it a <meta http-equiv=refresh>? */
static bool
is_refresh(const struct tag *tag)
{
	const char *value;
	size_t len;

	return find_value(tag, "http-equiv", &value, &len) && len == 7 &&
	    strncasecmp(value, "refresh", len) == 0;
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
		link->text = strcmp(tag->name, "a") == 0 ? text_of_anchor(pages, tag)
							 : text_of_image(pages, tag);
	if (choice_needs_rel(pages->choice) && find_value(tag, "rel", &value, &len))
		link->rel = decode(pages, &pages->rel, value, len);
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
		    !find_value(tag, kind->attribute, &value, &len))
			continue;
		if (kind->form == KIND_REFRESH && !is_refresh(tag))
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
	    find_value(tag, "href", &value, &len) && memchr(value, '&', len) == NULL &&
	    sink_put_plain(pages->sink, value, len);
}

static void
links_of_tree(struct pages *pages)
{
	bool plain = choice_is_plain(pages->choice) && pages->choice->kinds.anchors_only;
	uint32_t id = 0;

	while (!sink_full(pages->sink) &&
	    (id = tree_next_wanted(&pages->build.tree, id)) != 0) {
		struct tag tag = tag_of(pages, id);

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
			struct field value = decode(
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
		use_base_element(pages);
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
	pages->html = is_html(type);
	pages->xml = is_xhtml(type);
	if (count <= FIELD_BODY || body->len == 0)
		return NULL;
	if (!pages->html && (pages->choice->regex == NULL || !is_text(type)))
		return NULL;
	pages->data = data = room_take(&pages->body, body->len);
	pages->len = field_unescape(data, body->data, body->len);
	sink_begin(pages->sink, fields[FIELD_URL]);
	use_charset(pages, type);
	use_document(pages,
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
