/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "num.h"
#include "whole.h"

void
whole_begin(struct whole *whole, bool decodes)
{
	decode_clear(&whole->decode);
	whole->status = 0;
	whole->coded = decodes;
	whole->header = whole->chunked = whole->counted = false;
	whole->doubt = NULL;
}

/* The next word between commas; false if there is none. */
static bool
next_word(const char **at, const char *end, const char **word, size_t *len)
{
	const char *comma;

	if (*at >= end)
		return false;
	comma = memchr(*at, ',', (size_t)(end - *at));
	if (comma == NULL)
		comma = end;
	*word = *at;
	*at = comma + 1;
	while (*word < comma && isspace((unsigned char)**word))
		(*word)++;
	while (comma > *word && isspace((unsigned char)comma[-1]))
		comma--;
	*len = (size_t)(comma - *word);
	return true;
}

/* Content-Length: all that are told must be the same. */
static void
take_length(struct whole *whole, const char *at, const char *end)
{
	const char *word;
	uint64_t length;
	size_t len;

	while (next_word(&at, end, &word, &len)) {
		if (num_parse_bytes(word, len, 0, INT64_MAX, &length) < 0)
			whole->doubt = "Content-Length is no length";
		else if (whole->counted && length != whole->length)
			whole->doubt = "Content-Lengths that differ";
		whole->counted = true;
		whole->length = length;
	}
}

static bool
named(const char *line, size_t len, const char *name)
{
	return strlen(name) == len && strncasecmp(line, name, len) == 0;
}

static void
take_field(struct whole *whole, const char *line, const char *colon, const char *end)
{
	size_t name = (size_t)(colon - line);
	const char *at = colon + 1, *word;
	size_t len;

	if (named(line, name, "Content-Length"))
		take_length(whole, at, end);
	if (named(line, name, "Transfer-Encoding"))
		whole->chunked = true;
	if (!whole->coded || !named(line, name, "Content-Encoding"))
		return;
	while (next_word(&at, end, &word, &len))
		if (whole->decode.why[0] == '\0')
			decode_add(&whole->decode, word, len);
}

/* A status line: forget the header before it. */
static void
take_status(struct whole *whole, const char *line, const char *end)
{
	const char *space = memchr(line, ' ', (size_t)(end - line));

	whole_begin(whole, whole->coded);
	if (space == NULL)
		return;
	for (space++; space < end && isdigit((unsigned char)*space); space++)
		whole->status = whole->status * 10 + (unsigned)(*space - '0');
}

/* May the answer have a body? */
static bool
bodied(const struct whole *whole)
{
	return whole->status >= 200 && whole->status != 204 && whole->status != 304;
}

const char *
whole_header(struct whole *whole, const char *line, size_t len)
{
	const char *end = line + len, *colon;

	if (len > 5 && memcmp(line, "HTTP/", 5) == 0) {
		take_status(whole, line, end);
		return NULL;
	}
	if (whole->header) /* a trailer changes nothing */
		return NULL;
	if (len <= 2 && (line[0] == '\r' || line[0] == '\n')) {
		whole->header = whole->status >= 200 || whole->status == 101;
		return bodied(whole) && !whole->chunked ? whole->doubt : NULL;
	}
	colon = memchr(line, ':', len);
	if (colon != NULL)
		take_field(whole, line, colon, end);
	return NULL;
}

const char *
whole_end(struct whole *whole, enum whole_stream stream)
{
	struct decode *decode = &whole->decode;

	if (!whole->header)
		return "answer ends in its header";
	if (!bodied(whole))
		return NULL;
	if (stream == STREAM_CUT && !whole->counted)
		return "HTTP/2 stream ends too early";
	if (decode->count > 0 && decode->layers[decode->count - 1].state == DECODE_NEW &&
	    stream == STREAM_NONE && !whole->chunked && !whole->counted)
		return "answer ends before its body";
	if (whole->status == 206) /* a part is what was asked for */
		return NULL;
	return decode_end(decode) ? NULL : decode->why;
}
