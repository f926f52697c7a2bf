/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "charset.h"
#include "charset_table.h"
#include "iso2022.h"
#include "utf8.h"
#include "utf8_char.h"

/* Compare the len bytes of a, in any case, with b in lowercase. */
static int
compare(const char *a, size_t len, const char *b)
{
	int order = strncasecmp(a, b, len);

	return order != 0 ? order : b[len] != '\0' ? -1 : 0;
}

const struct charset *
charset_find(const char *label, size_t len)
{
	size_t low = 0, high = CHARSET_LABELS;

	while (len > 0 && ascii_is_blank(label[0])) {
		label++;
		len--;
	}
	while (len > 0 && ascii_is_blank(label[len - 1]))
		len--;
	if (len >= sizeof(labels[0].label) || memchr(label, '\0', len) != NULL)
		return NULL;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = compare(label, len, labels[middle].label);

		if (order == 0)
			return &charsets[labels[middle].charset];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* The charset that stands after the "=", quoted or not, or NULL. */
static const struct charset *
charset_of_value(const char *p, const char *end)
{
	const char *last;

	p = ascii_skip_blanks(p, end);
	if (p < end && (*p == '"' || *p == '\'')) {
		last = memchr(p + 1, *p, (size_t)(end - p - 1));
		return last == NULL ? NULL : charset_find(p + 1, (size_t)(last - p - 1));
	}
	for (last = p; last < end && *last != ';' && !ascii_is_blank(*last);)
		last++;
	return charset_find(p, (size_t)(last - p));
}

const struct charset *
charset_of_type(const char *type, size_t len)
{
	const char *end = type + len;

	for (; end - type > 7; type++) {
		const char *p;

		if (strncasecmp(type, "charset", 7) != 0)
			continue;
		p = ascii_skip_blanks(type + 7, end);
		if (p < end && *p == '=')
			return charset_of_value(p + 1, end);
	}
	return NULL;
}

const struct charset *
charset_of_mark(const char *data, size_t len, size_t *skip)
{
	if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
		*skip = 3;
		return charset_find("utf-8", 5);
	}
	*skip = 2;
	if (len >= 2 && memcmp(data, "\xfe\xff", 2) == 0)
		return charset_find("utf-16be", 8);
	if (len >= 2 && memcmp(data, "\xff\xfe", 2) == 0)
		return charset_find("utf-16le", 8);
	*skip = 0;
	return NULL;
}

bool
charset_is_whole(const struct charset *charset)
{
	return charset->kind == CHARSET_ISO2022 || charset->kind == CHARSET_UTF16 ||
	    charset->kind == CHARSET_NONE;
}

bool
charset_has_queries(const struct charset *charset)
{
	return charset->kind == CHARSET_BYTE || charset->kind == CHARSET_PAIRS ||
	    charset->kind == CHARSET_ISO2022;
}

bool
charset_is_utf8(const struct charset *charset, const char *data, size_t len)
{
	size_t bad, used;

	if (charset_is_whole(charset))
		return false;
	if (ascii_is_all(data, len))
		return true;
	if (charset->kind != CHARSET_UTF8)
		return false;
	for (size_t at = 0; at < len; at += used) {
		used = utf8_length(data + at, len - at, &bad);
		if (used == 0)
			return false;
	}
	return true;
}

static size_t
decode_utf8(char *dst, const char *data, size_t len)
{
	char *to = dst;
	size_t bad, used;

	for (size_t at = 0; at < len; at += used) {
		used = utf8_length(data + at, len - at, &bad);
		if (used == 0) {
			to = utf8_put(to, UTF8_REPLACEMENT);
			used = bad;
			continue;
		}
		memcpy(to, data + at, used);
		to += used;
	}
	return (size_t)(to - dst);
}

static size_t
decode_bytes(const unsigned short *high, char *dst, const char *data, size_t len)
{
	char *to = dst;

	for (size_t i = 0; i < len; i++) {
		unsigned byte = (unsigned char)data[i];
		unsigned code = byte < 0x80 ? byte : high[byte - 0x80];

		to = utf8_put(to, byte != 0 && code == 0 ? UTF8_REPLACEMENT : code);
	}
	return (size_t)(to - dst);
}

/* Two bytes, as a number. */
static unsigned
utf16_unit(bool big_endian, const char *data)
{
	unsigned char first = (unsigned char)data[0], second = (unsigned char)data[1];

	return big_endian ? (unsigned)first << 8U | second
			  : (unsigned)second << 8U | first;
}

/* UTF-16; U+FFFD stands for half of a character. */
static size_t
decode_utf16(bool big_endian, char *dst, const char *data, size_t len)
{
	enum { UNIT = 2, HIGH = 0xd800, LOW = 0xdc00, END = 0xe000 };
	char *to = dst;

	for (size_t i = 0; i < len; i += UNIT) {
		unsigned code = i + UNIT > len ? (unsigned)UTF8_REPLACEMENT
					       : utf16_unit(big_endian, data + i);
		unsigned low =
		    i + 2 * UNIT > len ? 0 : utf16_unit(big_endian, data + i + UNIT);

		if (code >= HIGH && code < LOW && low >= LOW && low < END) {
			code = 0x10000 + ((code - HIGH) << 10U) + low - LOW;
			i += UNIT;
		}
		to = utf8_put(to, code); /* of half a character U+FFFD */
		if (code >= HIGH && code < LOW && i + 2 * UNIT > len)
			break; /* with what is left of it */
	}
	return (size_t)(to - dst);
}

size_t
charset_decode(const struct charset *charset, char *dst, const char *data, size_t len)
{
	switch (charset->kind) {
	case CHARSET_UTF8:
		return decode_utf8(dst, data, len);
	case CHARSET_BYTE:
		return decode_bytes(charset->high, dst, data, len);
	case CHARSET_PAIRS:
		return pairs_decode(charset->pairs, dst, data, len);
	case CHARSET_ISO2022:
		return iso2022_decode(dst, data, len);
	case CHARSET_UTF16:
		return decode_utf16(charset->big_endian, dst, data, len);
	case CHARSET_NONE:
		break;
	}
	return 0;
}

static size_t
encode_byte(const unsigned short *high, char *dst, unsigned code)
{
	if (code < 0x80) {
		*dst = (char)code;
		return 1;
	}
	for (unsigned i = 0; i < 128; i++)
		if (high[i] == code) {
			*dst = (char)(i + 0x80);
			return 1;
		}
	return 0;
}

/* What is written a query, and in which state it is. */
struct query {
	struct pairs_encoders *encoders;
	const struct charset *charset;
	enum iso2022 state;
};

enum { ENCODED_ROOM = ISO2022_ROOM };

/* One character at dst, ENCODED_ROOM; its length, 0 if the charset has it not. */
static size_t
encode(struct query *query, char *dst, unsigned code)
{
	const struct charset *charset = query->charset;

	if (charset->kind == CHARSET_ISO2022)
		return iso2022_encode(query->encoders, &query->state, dst, code);
	if (charset->kind == CHARSET_BYTE || code < 0x80)
		return encode_byte(charset->high, dst, code);
	return pairs_encode(query->encoders, charset->pairs, dst, code);
}

/* A byte of an encoded query: what the URL parser takes as it is stays. */
static char *
put_byte(char *to, char byte)
{
	if (byte > ' ' && byte < 0x7f && strchr("\"#<>'", byte) == NULL) {
		*to++ = byte;
		return to;
	}
	return to + sprintf(to, "%%%02X", (unsigned char)byte);
}

static char *
put_bytes(char *to, const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		to = put_byte(to, bytes[i]);
	return to;
}

/* A character that the charset has not is a reference, in ASCII. */
static char *
put_missing(struct query *query, char *to, unsigned code)
{
	char bytes[ENCODED_ROOM];

	if (query->state == ISO2022_JIS)
		to = put_bytes(
		    to, bytes, iso2022_enter(&query->state, ISO2022_ASCII, bytes));
	return to + sprintf(to, "%%26%%23%u%%3B", code);
}

size_t
charset_query(struct pairs_encoders *encoders, const struct charset *charset, char *dst,
    const char *url, size_t len)
{
	struct query query = { encoders, charset, ISO2022_ASCII };
	const char *hash = memchr(url, '#', len), *end = hash == NULL ? url + len : hash;
	const char *p = memchr(url, '?', (size_t)(end - url));
	char *to = dst, bytes[ENCODED_ROOM];
	size_t bad;

	if (p == NULL)
		p = end;
	memcpy(to, url, (size_t)(p - url));
	to += p - url;
	while (p < end) {
		size_t used = utf8_length(p, (size_t)(end - p), &bad), count;
		unsigned code = used == 0 ? UTF8_REPLACEMENT : utf8_code(p, used);

		count = encode(&query, bytes, code);
		to = count == 0 ? put_missing(&query, to, code)
				: put_bytes(to, bytes, count);
		p += used == 0 ? bad : used;
	}
	to = put_bytes(to, bytes, iso2022_enter(&query.state, ISO2022_ASCII, bytes));
	memcpy(to, end, (size_t)(url + len - end));
	return (size_t)(to - dst) + (size_t)(url + len - end);
}
