/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "entity.h"
#include "page.h"

/* The fields of a page record. */
enum { FIELD_URL, FIELD_STATUS, FIELD_TYPE, FIELD_EFFECTIVE, FIELD_ERROR, FIELD_BODY };
enum { FIELDS = FIELD_BODY + 2 }; /* the last one is what follows the body */

/* Room for size bytes; what was there is lost. */
static char *
room_for(struct room *room, size_t size)
{
	if (size > room->size) {
		free(room->data);
		room->size = size + size / 4 + 256;
		room->data = malloc(room->size);
		if (room->data == NULL)
			die(STATUS_BROKEN, errno, "buffers");
	}
	return room->data;
}

/* Is the type, without its parameters, name? */
static bool
type_is(const struct field *type, const char *name)
{
	size_t len = strlen(name);

	if (type->len < len || strncasecmp(type->data, name, len) != 0)
		return false;
	return type->len == len || strchr("; \\", type->data[len]) != NULL;
}

/* What has no type is taken for HTML too, as browsers take it when it looks like it. */
static bool
is_html(const struct field *type)
{
	return type->len == 0 || type_is(type, "text/html") ||
	    type_is(type, "application/xhtml+xml");
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

/* A value of the page, its character references decoded. */
static struct field
decode(struct pages *pages, const char *data, size_t len)
{
	struct field value = { data, len };

	if (pages->html && entity_needed(data, len)) {
		char *decoded = room_for(&pages->value, ENTITY_GROWTH * len);

		value.len = entity_decode(decoded, data, len, true);
		value.data = decoded;
	}
	return value;
}

/* The same without what the URL parser takes away. */
static struct field
clean(struct pages *pages, struct field value)
{
	if (url_is_dirty(value.data, value.len)) {
		char *cleaned = room_for(&pages->cleaned, value.len);

		value.len = url_clean(cleaned, value.data, value.len);
		value.data = cleaned;
	}
	return value;
}

/* Begin a link record: room for its link, at most len bytes, and its newline. */
static char *
begin_record(struct pages *pages, size_t len)
{
	char *to = stage_reserve(pages->stage, pages->name.len + len + 2);

	memcpy(to, pages->name.data, pages->name.len);
	to += pages->name.len;
	*to++ = '\t';
	return to;
}

/* End it: its link has len bytes. */
static void
end_record(struct pages *pages, char *link, size_t len)
{
	link[len] = '\n';
	writer_commit(&pages->stage->out, pages->name.len + len + 2);
}

/* Put the link that stands in the page as len bytes of data. */
static void
put_link(struct pages *pages, const char *data, size_t len)
{
	struct field value = decode(pages, data, len);
	struct field link = clean(pages, value);
	const struct url *base = pages->has_base ? &pages->base : NULL;
	struct url url;
	char *to;

	if (base != NULL) {
		to = begin_record(pages, base->len + link.len);
		len = url_join(to, link.data, link.len, base);
		if (len > 0) {
			if (memchr(to, '\\', len) == NULL) {
				end_record(pages, to, len);
				return;
			}
		}
	}
	to = room_for(&pages->resolved, url_room(link.len, base));
	if (url_parse(&url, to, link.data, link.len, base) == 0)
		value = (struct field){ url.href, url.len };
	else if (pages->choice->valid)
		return;
	to = begin_record(pages, 2 * value.len);
	end_record(pages, to, field_escape(to, value.data, value.len));
}

/* Make the URL of the document what links are resolved on. */
static void
use_document(struct pages *pages, const struct field *url)
{
	char *text = room_for(&pages->value, url->len);
	struct field value = { text, field_unescape(text, url->data, url->len) };

	value = clean(pages, value);
	pages->has_base =
	    url_parse(&pages->base, room_for(&pages->document, url_room(value.len, NULL)),
		value.data, value.len, NULL) == 0;
}

/* Resolve on the first <base href>, wherever it stands. */
static void
use_base_element(struct pages *pages)
{
	struct scan scan;
	struct scan_tag tag;
	struct field value;
	struct url url;
	char *to;

	scan_begin(&scan, pages->scanner, pages->text, pages->text_len);
	do {
		int got = scan_next(&scan, &tag);

		if (got <= 0)
			return;
	} while (tag.element != ELEMENT_BASE || tag.in_template || tag.href == NULL);
	value = clean(pages, decode(pages, tag.href, tag.href_len));
	to = room_for(&pages->base_href,
	    url_room(value.len, pages->has_base ? &pages->base : NULL));
	if (url_parse(&url, to, value.data, value.len,
		pages->has_base ? &pages->base : NULL) < 0)
		return;
	if (strncmp(url.href, "data:", 5) == 0 ||
	    strncmp(url.href, "javascript:", 11) == 0)
		return;
	pages->base = url;
	pages->has_base = true;
}

static const char *
links_of_tags(struct pages *pages)
{
	struct scan scan;
	struct scan_tag tag;
	int got;

	scan_begin(&scan, pages->scanner, pages->text, pages->text_len);
	while ((got = scan_next(&scan, &tag)) > 0)
		if (tag.href != NULL && !tag.in_template && tag.element != ELEMENT_BASE)
			put_link(pages, tag.href, tag.href_len);
	return got < 0 ? "no memory to scan it" : NULL;
}

static const char *
links_of_regex(struct pages *pages)
{
	struct pattern *regex = pages->choice->regex;
	size_t at = 0, len = pages->text_len;

	while (at <= len) {
		size_t group = regex->group_count > 0 ? 1 : 0;
		int got = pattern_match(regex, pages->text, len, at, pages->why);
		size_t start, end;

		if (got <= 0)
			return got < 0 ? pages->why : NULL;
		start = regex->groups[2 * group];
		end = regex->groups[2 * group + 1];
		if (start != PCRE2_UNSET && regex->groups[1] > regex->groups[0])
			put_link(pages, pages->text + start, end - start);
		at = regex->groups[1] > at ? regex->groups[1] : at;
		if (regex->groups[1] == regex->groups[0])
			at++; /* an empty match would be found for ever */
		while (at < len && ((unsigned char)pages->text[at] & 0xc0) == 0x80)
			at++;
	}
	return NULL;
}

const char *
page_links(struct pages *pages, const struct record *rec)
{
	struct field fields[FIELDS];
	size_t count = field_split(rec->data, rec->len, fields, FIELDS);
	const struct field *body = &fields[FIELD_BODY], *url;
	char *text;

	if (count <= FIELD_ERROR)
		return "not a page record: fewer than five fields";
	pages->html = is_html(&fields[FIELD_TYPE]);
	if (count <= FIELD_BODY || body->len == 0)
		return NULL;
	if (!pages->html &&
	    (pages->choice->regex == NULL || !is_text(&fields[FIELD_TYPE])))
		return NULL;
	pages->name = fields[FIELD_URL];
	url = &fields[fields[FIELD_EFFECTIVE].len > 0 ? FIELD_EFFECTIVE : FIELD_URL];
	text = room_for(&pages->body, body->len);
	pages->text = text;
	pages->text_len = field_unescape(text, body->data, body->len);
	use_document(pages, url);
	if (pages->html && scanner_base(pages->scanner, text, pages->text_len))
		use_base_element(pages);
	return pages->choice->regex != NULL ? links_of_regex(pages)
					    : links_of_tags(pages);
}

void
pages_close(struct pages *pages)
{
	free(pages->body.data);
	free(pages->value.data);
	free(pages->cleaned.data);
	free(pages->resolved.data);
	free(pages->document.data);
	free(pages->base_href.data);
}
