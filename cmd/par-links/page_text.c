/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "ascii.h"
#include "entity.h"
#include "need.h"
#include "page_text.h"

enum { TEXT_MAX = 32 << 10 }; /* how far the text of an anchor is looked for, bytes */

struct field
pages_to_utf8(struct pages *pages, struct bytes *room, const char *data, size_t len)
{
	struct field value = { data, len };

	if (!charset_is_utf8(pages->charset, data, len)) {
		char *to = need_anew(room, CHARSET_GROWTH * len);

		value.len = charset_decode(pages->charset, to, data, len);
		value.data = to;
	}
	return value;
}

struct field
pages_decode(struct pages *pages, struct bytes *room, const char *data, size_t len)
{
	struct field value = pages_to_utf8(pages, &pages->bytes, data, len);

	if (pages->markup && entity_needed(value.data, value.len)) {
		char *to = need_anew(room, ENTITY_GROWTH * value.len);

		value.len = entity_decode(to, value.data, value.len, true);
		value.data = to;
	} else if (value.data != data) {
		memcpy(need_anew(room, value.len), value.data, value.len);
		value.data = room->data;
	}
	return value;
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

struct field
pages_text_of_anchor(struct pages *pages, const struct tag *tag)
{
	struct bytes *room = &pages->text;
	size_t left = (size_t)(pages->data + pages->len - tag->end);
	struct tokens tokens = { .names = &pages->build.names,
		.xml = pages->xml,
		.at = tag->end,
		.end = tag->end + (left < TEXT_MAX ? left : TEXT_MAX) };
	struct token piece;

	room->len = 0;
	need_room(room, 1);
	while (next_text(pages, &tokens, &piece)) {
		struct field text =
		    pages_to_utf8(pages, &pages->bytes, piece.text, piece.len);
		char *to = need_room(room, ENTITY_GROWTH * text.len);

		room->len += entity_decode(to, text.data, text.len, false);
	}
	return (struct field){ room->data, collapse(room->data, room->len) };
}

struct field
pages_text_of_image(struct pages *pages, const struct tag *tag)
{
	struct field text = { "", 0 };
	const char *value;
	size_t len;

	if (tag_value(tag, "alt", &value, &len))
		text = pages_decode(pages, &pages->text, value, len);
	return text;
}
