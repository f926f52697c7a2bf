/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "json_line.h"
#include "need.h"
#include "num.h"

enum { DEEPEST = 4, UTF8 = 4 /* bytes of a character */ };

void
json_line_begin(struct json_line *json, const char *data, size_t len)
{
	*json = (struct json_line){ .at = data, .end = data + len };
}

static void
skip_blanks(struct json_line *json)
{
	while (json->at < json->end && (*json->at == ' ' || *json->at == '\t'))
		json->at++;
}

/* Pass c, if it is next. */
static bool
pass(struct json_line *json, char c)
{
	skip_blanks(json);
	if (json->at == json->end || *json->at != c)
		return false;
	json->at++;
	return true;
}

/* What is between quotes. */
static bool
take_text(struct json_line *json, struct field *out)
{
	if (!pass(json, '"'))
		return false;
	out->data = json->at;
	while (json->at < json->end && *json->at != '"')
		json->at += *json->at == '\\' && json->at + 1 < json->end ? 2 : 1;
	out->len = (size_t)(json->at - out->data);
	return pass(json, '"');
}

/* A number, or a word such as true. */
static bool
take_word(struct json_line *json, struct field *out)
{
	skip_blanks(json);
	out->data = json->at;
	while (json->at < json->end && strchr(",}]: \t\"[{", *json->at) == NULL)
		json->at++;
	out->len = (size_t)(json->at - out->data);
	return out->len > 0;
}

/* Pass the ends of objects; true when that of the line was one of them. */
static bool
pass_ends(struct json_line *json)
{
	while (json->depth > 0 && pass(json, '}'))
		json->depth--;
	json->ended = json->depth == 0;
	return json->ended;
}

bool
json_line_next(struct json_line *json, struct json_item *item)
{
	bool first = json->depth == 0;

	if (json->ended || (first && !pass(json, '{')))
		return false;
	json->depth += first;
	if (pass_ends(json) || (!first && !pass(json, ',')))
		return false;
	while (take_text(json, &item->name) && pass(json, ':')) {
		item->depth = json->depth;
		if (!pass(json, '{')) {
			skip_blanks(json);
			item->text = json->at < json->end && *json->at == '"';
			return item->text ? take_text(json, &item->value)
					  : take_word(json, &item->value);
		}
		if (++json->depth > DEEPEST)
			return false;
		if (!pass(json, '}'))
			continue; /* with the first of that */
		json->depth--;
		if (pass_ends(json) || !pass(json, ','))
			return false;
	}
	return false;
}

bool
json_line_is(const struct json_item *item, unsigned depth, const char *name)
{
	return item->depth == depth && item->name.len == strlen(name) &&
	    memcmp(item->name.data, name, item->name.len) == 0;
}

bool
json_line_number(const struct json_item *item, uint64_t *out)
{
	return !item->text &&
	    num_parse_bytes(item->value.data, item->value.len, 0, UINT64_MAX, out) == 0;
}

/* Four digits of a \u; false if they are none. */
static bool
take_unit(const char *at, const char *end, uint32_t *out)
{
	static const char digits[] = "0123456789abcdef";

	*out = 0;
	if (end - at < 4)
		return false;
	for (const char *last = at + 4; at < last; at++) {
		const char *digit = memchr(digits, *at | 0x20, sizeof(digits) - 1);

		if (digit == NULL)
			return false;
		*out = *out << 4 | (uint32_t)(digit - digits);
	}
	return true;
}

/* A character in UTF-8; what stands for a byte of broken text is that again. */
static size_t
put_char(char to[static UTF8], uint32_t code)
{
	if (code < 0x80 || (code >= 0xdc80 && code <= 0xdcff)) {
		to[0] = (char)(code & 0xff);
		return 1;
	}
	if (code < 0x800) {
		to[0] = (char)(0xc0 | code >> 6);
		to[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		to[0] = (char)(0xe0 | code >> 12);
		to[1] = (char)(0x80 | (code >> 6 & 0x3f));
		to[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | code >> 18);
	to[1] = (char)(0x80 | (code >> 12 & 0x3f));
	to[2] = (char)(0x80 | (code >> 6 & 0x3f));
	to[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/* What the escape at *at, behind its backslash, stands for; passes it. */
static size_t
take_escape(const char **at, const char *end, char to[static UTF8])
{
	static const char named[] = "b\bf\fn\nr\rt\t";
	uint32_t code, low;
	char c = *(*at)++;

	if (c == 'u' && take_unit(*at, end, &code)) {
		*at += 4;
		if (code >= 0xd800 && code < 0xdc00 && end - *at >= 6 &&
		    (*at)[0] == '\\' && (*at)[1] == 'u' &&
		    take_unit(*at + 2, end, &low) && low >= 0xdc00 && low < 0xe000) {
			*at += 6;
			code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
		}
		return put_char(to, code);
	}
	for (size_t i = 0; i + 1 < sizeof(named); i += 2)
		if (named[i] == c)
			c = named[i + 1];
	to[0] = c;
	return 1;
}

struct field
json_line_text(struct bytes *to, const struct json_item *item)
{
	const char *at = item->value.data, *end = at + item->value.len;
	size_t begin = to->len;

	need_room(to, 2 * item->value.len + 2 * UTF8);
	while (at < end) {
		char text[UTF8];
		size_t len = 1;

		text[0] = *at++;
		if (text[0] == '\\' && at < end)
			len = take_escape(&at, end, text);
		to->len += field_escape(to->data + to->len, text, len);
	}
	return (struct field){ to->data + begin, to->len - begin };
}
