/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "diag.h"
#include "hash.h"
#include "link.h"
#include "need.h"
#include "site.h"
#include "url_join.h"

/* A link that was resolved. */
struct resolved {
	struct field link; /* what to put; as it was found if it is no URL */
	struct url url;
	bool valid;
};

void
sink_begin(struct sink *sink, struct field page)
{
	sink->page = page;
	sink->count = 0;
	sink->failed = false;
	if (!sink->choice->unique)
		return;
	if (sink->seen_open)
		table_clear(&sink->seen);
	else if (table_open(&sink->seen, 0, SIZE_MAX, hash_random_seed()) < 0)
		die(STATUS_BROKEN, errno, "buffers");
	sink->seen_open = true;
}

static char *
reserve(struct sink *sink, size_t len)
{
	char *room = stage_reserve(sink->stage, len);

	if (room == NULL)
		die_of(&sink->stage->trouble);
	return room;
}

/* Begin a link record: room for its page, a TAB and len bytes more. */
static char *
begin_record(struct sink *sink, size_t len)
{
	char *to = reserve(sink, sink->page.len + len + 2);

	memcpy(to, sink->page.data, sink->page.len);
	to += sink->page.len;
	*to++ = '\t';
	return to;
}

/* End it: len bytes were written after the TAB. */
static void
end_record(struct sink *sink, char *link, size_t len)
{
	link[len] = '\n';
	writer_commit(&sink->stage->out, sink->page.len + len + 2);
	sink->count++;
}

bool
sink_put_plain(struct sink *sink, const char *data, size_t len)
{
	char *to;

	if (!sink->has_base)
		return false;
	to = begin_record(sink, sink->base.len + len);
	len = url_join(to, data, len, &sink->base);
	if (len == 0)
		return false;
	end_record(sink, to, len);
	return true;
}

/* The link without what the URL parser takes away. */
static struct field
clean(struct sink *sink, const struct link *link)
{
	struct field cleaned = { link->data, link->len };

	if (url_is_dirty(link->data, link->len)) {
		char *to = need_anew(&sink->cleaned, link->len);

		cleaned.len = url_clean(to, link->data, link->len);
		cleaned.data = to;
	}
	return cleaned;
}

bool
link_url(struct url *url, char *dst, const char *in, size_t len, const struct url *base)
{
	return url_parse(url, dst, in, len, base) == 0;
}

/* Parse a clean link into sink->resolved. */
static bool
parse(struct sink *sink, struct field link, struct url *url)
{
	const struct url *base = sink->has_base ? &sink->base : NULL;
	char *to = need_anew(&sink->resolved, url_room(link.len, base));

	return link_url(url, to, link.data, link.len, base);
}

/* Queries of pages that are not UTF-8 are written in the encoding of the page. */
static bool
has_own_query(const struct sink *sink, const struct url *url, struct field link)
{
	const struct charset *charset = sink->charset;
	const char *query = memchr(link.data, '?', link.len);

	if (query == NULL || url->scheme == SCHEME_OTHER || url->scheme == SCHEME_WS ||
	    url->scheme == SCHEME_WSS || charset == NULL)
		return false;
	if (!charset_has_queries(charset))
		return false;
	for (; query < link.data + link.len; query++)
		if ((unsigned char)*query >= 0x80)
			return true;
	return false;
}

static void
resolve(struct sink *sink, const struct link *link, struct resolved *out)
{
	struct field cleaned = clean(sink, link);

	out->link = (struct field){ link->data, link->len };
	out->valid = parse(sink, cleaned, &out->url);
	if (!out->valid)
		return;
	if (has_own_query(sink, &out->url, cleaned)) {
		char *to = need_anew(&sink->query, CHARSET_QUERY_GROWTH * cleaned.len);

		cleaned.len = charset_query(
		    sink->encoders, sink->charset, to, cleaned.data, cleaned.len);
		cleaned.data = to;
		out->valid = parse(sink, cleaned, &out->url);
	}
	out->link = (struct field){ out->url.href, out->url.len };
}

/* Does a list of words, separated by blanks, hold word? */
static bool
has_word(struct field list, const char *word)
{
	const char *p = list.data, *end;
	size_t len = strlen(word);

	if (list.len == 0)
		return false;
	end = p + list.len;
	while (p < end) {
		const char *first = p;

		while (p < end && strchr("\t\n\f\r ", *p) == NULL)
			p++;
		if ((size_t)(p - first) == len && strncasecmp(first, word, len) == 0)
			return true;
		p++;
	}
	return false;
}

/* Is the link on the host, or site, of the page? */
static bool
is_near(const struct sink *sink, const struct resolved *resolved)
{
	const struct url *page = &sink->document, *url = &resolved->url;
	const char *a = page->href + page->host, *b = url->href + url->host;
	size_t a_len = page->host_end - page->host, b_len = url->host_end - url->host;

	if (!resolved->valid || !sink->has_document || a_len == 0 || b_len == 0)
		return false;
	if (sink->choice->same_host && (a_len != b_len || memcmp(a, b, a_len) != 0))
		return false;
	return !sink->choice->same_site ||
	    sites_same(sink->choice->sites, a, a_len, b, b_len);
}

/* Does one of the patterns match?  One that runs away fails the page. */
static bool
matches(struct sink *sink, const struct pattern_list *list, struct field link)
{
	for (size_t i = 0; i < list->count; i++) {
		int got = pattern_match(&list->all[i], link.data, link.len, 0, sink->why);

		if (got > 0)
			return true;
		sink->failed |= got < 0;
	}
	return false;
}

/* Was this link put for this page?  It will have been. */
static bool
was_seen(struct sink *sink, struct field link)
{
	bool fresh;

	if (table_add(&sink->seen, link.data, link.len,
		hash_bytes(link.data, link.len, sink->seen.seed), &fresh) == TABLE_FULL)
		die(STATUS_BROKEN, ENOMEM, "links of a page");
	return !fresh;
}

/* Is it one to put?  What was asked for last is looked at last. */
static bool
is_chosen(struct sink *sink, const struct link *link, const struct resolved *resolved)
{
	const struct choice *choice = sink->choice;

	if (choice->valid && !resolved->valid)
		return false;
	if (choice->skip_nofollow && has_word(link->rel, "nofollow"))
		return false;
	if (choice->kinds.canonical && strcmp(link->kind, "link") == 0 &&
	    !has_word(link->rel, "canonical"))
		return false;
	if ((choice->same_host || choice->same_site) && !is_near(sink, resolved))
		return false;
	if (choice->include.count > 0 && !matches(sink, &choice->include, resolved->link))
		return false;
	if (matches(sink, &choice->exclude, resolved->link))
		return false;
	return !choice->unique || !was_seen(sink, resolved->link);
}

static void
drop_fragment(struct resolved *resolved)
{
	if (!resolved->valid)
		return;
	resolved->url.len = resolved->url.fragment;
	resolved->link.len = resolved->url.fragment;
}

/* Put a string of JSON: data is UTF-8. */
static char *
put_json(char *to, const char *data, size_t len)
{
	*to++ = '"';
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)data[i];

		if (byte == '"' || byte == '\\')
			*to++ = '\\';
		if (byte < 0x20 || byte == 0x7f)
			to += sprintf(to, "\\u%04x", byte);
		else
			*to++ = data[i];
	}
	*to++ = '"';
	return to;
}

/* The URL of the page, its escapes undone and repaired, at the end of line. */
static struct field
page_name(struct sink *sink)
{
	const struct charset *utf8 = charset_find("utf-8", 5);
	char *plain, *name;
	struct field page;

	sink->line.len = 0;
	plain = need_room(&sink->line, (1 + CHARSET_GROWTH) * sink->page.len);
	page.len = field_unescape(plain, sink->page.data, sink->page.len);
	name = plain + sink->page.len;
	page.len = charset_decode(utf8, name, plain, page.len);
	page.data = name;
	return page;
}

static void
put_object(struct sink *sink, const struct link *link, const struct resolved *resolved)
{
	const struct choice *choice = sink->choice;
	struct field page = page_name(sink);
	char *start, *to;

	to = start = reserve(sink,
	    6 *
		    (page.len + link->len + resolved->link.len + link->text.len +
			link->rel.len) +
		256);
	to = put_json(to + sprintf(to, "{\"page\":"), page.data, page.len);
	to += sprintf(to, ",\"link\":");
	if (resolved->valid)
		to = put_json(to, resolved->link.data, resolved->link.len);
	else
		to += sprintf(to, "null");
	to = put_json(to + sprintf(to, ",\"raw\":"), link->data, link->len);
	to = put_json(to + sprintf(to, ",\"kind\":"), link->kind, strlen(link->kind));
	if (choice->show_text)
		to = put_json(
		    to + sprintf(to, ",\"text\":"), link->text.data, link->text.len);
	if (choice->show_rel)
		to = put_json(
		    to + sprintf(to, ",\"rel\":"), link->rel.data, link->rel.len);
	to += sprintf(to, "}\n");
	writer_commit(&sink->stage->out, (size_t)(to - start));
	sink->count++;
}

static void
put_record(struct sink *sink, const struct link *link, struct field first)
{
	const struct choice *choice = sink->choice;
	size_t kind_len = strlen(link->kind);
	char *start, *to;

	to = start = begin_record(
	    sink, 2 * (first.len + link->text.len + link->rel.len) + kind_len + 3);
	to += field_escape(to, first.data, first.len);
	if (choice->show_kind) {
		*to++ = '\t';
		memcpy(to, link->kind, kind_len);
		to += kind_len;
	}
	if (choice->show_text) {
		*to++ = '\t';
		to += field_escape(to, link->text.data, link->text.len);
	}
	if (choice->show_rel) {
		*to++ = '\t';
		to += field_escape(to, link->rel.data, link->rel.len);
	}
	end_record(sink, start, (size_t)(to - start));
}

void
sink_put(struct sink *sink, const struct link *link)
{
	const struct choice *choice = sink->choice;
	struct resolved resolved;

	resolve(sink, link, &resolved);
	if (choice->drop_fragments)
		drop_fragment(&resolved);
	if (!is_chosen(sink, link, &resolved))
		return;
	if (choice->json)
		put_object(sink, link, &resolved);
	else
		put_record(sink, link,
		    choice->raw ? (struct field){ link->data, link->len }
				: resolved.link);
}

void
sink_close(struct sink *sink)
{
	if (sink->seen_open)
		table_close(&sink->seen);
	free(sink->cleaned.data);
	free(sink->query.data);
	free(sink->resolved.data);
	free(sink->line.data);
}
