/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "json_reader.h"
#include "num.h"
#include "utf8_char.h"

enum { ESCAPED_NAME = 128 /* bytes of a name with escapes that is looked at */ };

/* The next byte behind blanks, or -1: there is none. */
static int
peek(struct json_reader *in)
{
	while (in->at < in->end &&
	    (*in->at == ' ' || *in->at == '\t' || *in->at == '\n' || *in->at == '\r'))
		in->at++;
	return in->at == in->end ? -1 : (unsigned char)*in->at;
}

/* Is that the next byte?  Then it is taken. */
static bool
take(struct json_reader *in, char byte)
{
	if ((in->at == in->end || *in->at != byte) && peek(in) != byte)
		return false;
	in->at++;
	return true;
}

/* Pass the ends of what is over. */
static void
pass_ends(struct json_reader *in)
{
	while (in->depth > 0 && take(in, in->objects >> in->depth & 1 ? '}' : ']')) {
		in->depth--;
		in->first = false;
	}
	if (in->depth == 0 && peek(in) >= 0)
		in->bad = true;
}

/* An object or an array begins. */
static bool
enter(struct json_reader *in, bool object)
{
	in->at++;
	if (in->depth == JSON_DEEP)
		return false;
	in->depth++;
	in->objects &= ~(UINT32_C(1) << in->depth);
	in->objects |= (uint32_t)object << in->depth;
	in->first = true;
	return true;
}

/* Four digits of hexadecimal at at; false if they are none. */
static bool
hex(const char *at, const char *end, uint32_t *out)
{
	static const char digits[] = "0123456789abcdef";

	*out = 0;
	if (end - at < 4)
		return false;
	for (const char *last = at + 4; at < last; at++) {
		bool letter = (*at >= 'A' && *at <= 'F') || (*at >= 'a' && *at <= 'f');
		const char *digit =
		    memchr(digits, letter ? *at | 0x20 : *at, sizeof(digits) - 1);

		if (digit == NULL)
			return false;
		*out = *out << 4 | (uint32_t)(digit - digits);
	}
	return true;
}

/* Pass an escape, behind its backslash; false if it is none. */
static bool
pass_escape(struct json_reader *in)
{
	uint32_t unit;

	if (in->at == in->end || memchr("\"\\/bfnrtu", *in->at, 9) == NULL)
		return false;
	if (*in->at++ != 'u')
		return true;
	if (!hex(in->at, in->end, &unit))
		return false;
	in->at += 4;
	return true;
}

/* Pass what stands for itself in a string. */
static void
pass_plain(struct json_reader *in)
{
	const char *at = in->at, *end = in->end;

	while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
		at++;
	in->at = at;
}

/* A string, from its quote on. */
static bool
take_string(struct json_reader *in, struct field *out, bool *escaped)
{
	*escaped = false;
	if (!take(in, '"'))
		return false;
	out->data = in->at;
	for (pass_plain(in); in->at < in->end && *in->at == '\\'; pass_plain(in)) {
		*escaped = true;
		in->at++;
		if (!pass_escape(in))
			return false;
	}
	out->len = (size_t)(in->at - out->data);
	return in->at < in->end && *in->at++ == '"';
}

/* Pass digits, at least one. */
static bool
pass_digits(struct json_reader *in)
{
	const char *from = in->at;

	while (in->at < in->end && *in->at >= '0' && *in->at <= '9')
		in->at++;
	return in->at > from;
}

/* Is one of two bytes next?  Then it is passed. */
static bool
pass_one(struct json_reader *in, char one, char other)
{
	if (in->at == in->end || (*in->at != one && *in->at != other))
		return false;
	in->at++;
	return true;
}

static bool
take_number(struct json_reader *in, struct field *out)
{
	out->data = in->at;
	pass_one(in, '-', '-');
	if (!pass_one(in, '0', '0') && !pass_digits(in))
		return false;
	if (pass_one(in, '.', '.') && !pass_digits(in))
		return false;
	if (pass_one(in, 'e', 'E')) {
		pass_one(in, '+', '-');
		if (!pass_digits(in))
			return false;
	}
	out->len = (size_t)(in->at - out->data);
	return true;
}

static bool
take_word(struct json_reader *in, struct field *out, const char *word)
{
	size_t len = strlen(word);

	*out = (struct field){ in->at, len };
	if ((size_t)(in->end - in->at) < len || memcmp(in->at, word, len) != 0)
		return false;
	in->at += len;
	return true;
}

static bool
take_value(struct json_reader *in, struct json_item *item)
{
	item->escaped = false;
	item->value = (struct field){ 0 };
	switch (peek(in)) {
	case '{':
		item->kind = JSON_OBJECT;
		return enter(in, true);
	case '[':
		item->kind = JSON_ARRAY;
		return enter(in, false);
	case '"':
		item->kind = JSON_TEXT;
		return take_string(in, &item->value, &item->escaped);
	case 't':
		item->kind = JSON_TRUE;
		return take_word(in, &item->value, "true");
	case 'f':
		item->kind = JSON_FALSE;
		return take_word(in, &item->value, "false");
	case 'n':
		item->kind = JSON_NULL;
		return take_word(in, &item->value, "null");
	default:
		item->kind = JSON_NUMBER;
		return take_number(in, &item->value);
	}
}

/* The name of a member, if it is to have one. */
static bool
take_name(struct json_reader *in, struct json_item *item)
{
	item->name = (struct field){ 0 };
	item->name_escaped = false;
	return (in->objects >> in->depth & 1) == 0 ||
	    (take_string(in, &item->name, &item->name_escaped) && take(in, ':'));
}

void
json_begin(struct json_reader *in, const char *data, size_t len)
{
	*in = (struct json_reader){ .at = data, .end = data + len };
	if (peek(in) == '{' && enter(in, true))
		pass_ends(in);
	else
		in->bad = true;
}

bool
json_next(struct json_reader *in, struct json_item *item)
{
	if (in->bad || in->depth == 0)
		return false;
	item->depth = in->depth;
	in->bad = (!in->first && !take(in, ',')) || !take_name(in, item);
	in->first = false;
	in->bad = in->bad || !take_value(in, item);
	if (in->bad)
		return false;
	pass_ends(in);
	return true;
}

bool
json_each(struct json_reader *in, unsigned depth, struct json_item *item)
{
	while (in->depth >= depth && json_next(in, item))
		if (item->depth == depth)
			return true;
	return false;
}

bool
json_over(const struct json_reader *in)
{
	return !in->bad && in->depth == 0;
}

bool
json_count(const struct json_item *item, uint64_t *out)
{
	return item->kind == JSON_NUMBER &&
	    num_parse_bytes(item->value.data, item->value.len, 0, UINT64_MAX, out) == 0;
}

bool
json_number(const struct json_item *item, double *out)
{
	char text[JSON_DIGITS + 1];

	if (item->kind != JSON_NUMBER || item->value.len >= sizeof(text))
		return false;
	memcpy(text, item->value.data, item->value.len);
	text[item->value.len] = '\0';
	*out = strtod(text, NULL); /* whose point is one: LC_NUMERIC stays as it is */
	return true;
}

/* What \u stands for, behind that. */
static char *
put_unit(char *to, const char **at, const char *end)
{
	uint32_t code, low;

	hex(*at, end, &code);
	*at += 4;
	if (code >= 0xdc80 && code <= 0xdcff) {
		*to = (char)(code & 0xff);
		return to + 1;
	}
	if (code >= 0xd800 && code < 0xdc00 && end - *at >= 6 && (*at)[0] == '\\' &&
	    (*at)[1] == 'u' && hex(*at + 2, end, &low) && low >= 0xdc00 && low < 0xe000) {
		*at += 6;
		code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
	}
	return utf8_put(to, code);
}

/* What the escape at *at, behind its backslash, stands for; passes it. */
static char *
put_escape(char *to, const char **at, const char *end)
{
	static const char named[] = "b\bf\fn\nr\rt\t";
	char c = *(*at)++;

	if (c == 'u')
		return put_unit(to, at, end);
	for (size_t i = 0; i + 1 < sizeof(named); i += 2)
		if (named[i] == c)
			c = named[i + 1];
	*to = c;
	return to + 1;
}

/* Write at to what a string with escapes is; how many bytes. */
static size_t
unescape(char *to, const struct field *text)
{
	const char *begin = to, *at = text->data, *end = at + text->len;

	while (at < end) {
		if (*at != '\\') {
			*to++ = *at++;
			continue;
		}
		at++;
		to = put_escape(to, &at, end);
	}
	return (size_t)(to - begin);
}

size_t
json_text(char *to, const struct json_item *item)
{
	if (item->escaped)
		return unescape(to, &item->value);
	if (item->value.len > 0)
		memmove(to, item->value.data, item->value.len);
	return item->value.len;
}

bool
json_is_escaped(const struct json_item *item, const char *name)
{
	size_t len = strlen(name);
	char plain[ESCAPED_NAME];

	return item->name.len <= sizeof(plain) && unescape(plain, &item->name) == len &&
	    memcmp(plain, name, len) == 0;
}
