/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "charset.h"
#include "charset_table.h"
#include "entity.h"

enum { REPLACEMENT = 0xfffd };

_Static_assert((int)CHARSETS <= (int)CHARSET_COUNT, "room for every charset");

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

/* Open one; false if the system has it not. */
static bool
open_converter(iconv_t *cd, const char *to, const char *from)
{
	if (to == NULL || from == NULL)
		return false;
	*cd = iconv_open(to, from);
	return (intptr_t)*cd != -1;
}

void
converters_open(struct converters *converters)
{
	for (unsigned i = 0; i < CHARSETS; i++) {
		const struct charset *charset = &charsets[i];

		converters->can_decode[i] =
		    open_converter(&converters->decode[i], "UTF-8", charset->decode);
		converters->can_encode[i] =
		    open_converter(&converters->encode[i], charset->encode, "UTF-8");
	}
}

void
converters_close(struct converters *converters)
{
	for (unsigned i = 0; i < CHARSETS; i++) {
		if (converters->can_decode[i])
			iconv_close(converters->decode[i]);
		if (converters->can_encode[i])
			iconv_close(converters->encode[i]);
	}
}

/* For iconv(3), which does not say const, but writes nothing there. */
static char *
without_const(const char *data)
{
	char *same;

	memcpy(&same, &data, sizeof(same));
	return same;
}

/*
 * The character of UTF-8 at data: how many bytes it has, 0 if it is none, and
 * then *bad bytes are to be replaced as one.
 */
static size_t
utf8_length(const unsigned char *data, size_t len, size_t *bad)
{
	unsigned char first = data[0], low = 0x80, high = 0xbf;
	size_t want;

	*bad = 1;
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	want = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (first == 0xe0)
		low = 0xa0;
	if (first == 0xed)
		high = 0x9f;
	if (first == 0xf0)
		low = 0x90;
	if (first == 0xf4)
		high = 0x8f;
	for (size_t i = 1; i < want; i++) {
		if (i == len || data[i] < low || data[i] > high) {
			*bad = i;
			return 0;
		}
		low = 0x80;
		high = 0xbf;
	}
	return want;
}

bool
charset_is_utf8(const struct charset *charset, const char *data, size_t len)
{
	size_t bad, used;

	if (charset->kind == CHARSET_WHOLE || charset->kind == CHARSET_NONE)
		return false;
	if (ascii_is_all(data, len))
		return true;
	if (charset->kind != CHARSET_UTF8)
		return false;
	for (size_t at = 0; at < len; at += used) {
		used = utf8_length((const unsigned char *)data + at, len - at, &bad);
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
		used = utf8_length((const unsigned char *)data + at, len - at, &bad);
		if (used == 0) {
			to = entity_utf8(to, REPLACEMENT);
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

		to = entity_utf8(to, byte != 0 && code == 0 ? REPLACEMENT : code);
	}
	return (size_t)(to - dst);
}

/* How many bytes at data, which iconv refused, one U+FFFD stands for. */
static size_t
refused(const struct charset *charset, const char *data, size_t len)
{
	if (charset->kind == CHARSET_WHOLE && charset->encode == NULL)
		return len < 2 ? len : 2;
	return len > 1 && (unsigned char)data[0] >= 0x80 && (unsigned char)data[1] >= 0x80
	    ? 2
	    : 1;
}

static size_t
decode_iconv(struct converters *converters, const struct charset *charset, char *dst,
    const char *data, size_t len)
{
	static const unsigned short none[128];
	iconv_t cd = converters->decode[charset->number];
	char *in = without_const(data), *to = dst;
	size_t in_left = len, room = CHARSET_GROWTH * len;

	if (!converters->can_decode[charset->number])
		return decode_bytes(none, dst, data, len);
	iconv(cd, NULL, NULL, NULL, NULL);
	while (in_left > 0 && iconv(cd, &in, &in_left, &to, &room) == (size_t)-1) {
		size_t skip = errno == EINVAL ? in_left : refused(charset, in, in_left);

		if (errno == E2BIG || room < 4)
			break;
		to = entity_utf8(to, REPLACEMENT);
		room -= 3;
		in += skip;
		in_left -= skip;
	}
	return (size_t)(to - dst);
}

size_t
charset_decode(struct converters *converters, const struct charset *charset, char *dst,
    const char *data, size_t len)
{
	switch (charset->kind) {
	case CHARSET_UTF8:
		return decode_utf8(dst, data, len);
	case CHARSET_BYTE:
		return decode_bytes(charset->high, dst, data, len);
	case CHARSET_ICONV:
	case CHARSET_WHOLE:
		return decode_iconv(converters, charset, dst, data, len);
	case CHARSET_NONE:
		break;
	}
	return 0;
}

/* The code point of a character of valid UTF-8, len bytes. */
static unsigned
code_of(const char *data, size_t len)
{
	unsigned code = (unsigned char)data[0];

	if (len > 1)
		code &= 0xffU >> (len + 1);
	for (size_t i = 1; i < len; i++)
		code = code << 6 | ((unsigned char)data[i] & 0x3f);
	return code;
}

/* One character in charset at dst, 16 bytes; its length, 0 if charset has it not. */
static size_t
encode(struct converters *converters, const struct charset *charset, char *dst,
    const char *data, size_t len)
{
	char *in = without_const(data), *to = dst;
	size_t room = 16;
	iconv_t cd;

	if (charset->kind == CHARSET_BYTE) {
		unsigned code = code_of(data, len);

		for (unsigned i = 0; i < 128; i++)
			if (charset->high[i] == code) {
				*dst = (char)(i + 0x80);
				return 1;
			}
		return 0;
	}
	cd = converters->encode[charset->number];
	if (!converters->can_encode[charset->number] ||
	    iconv(cd, &in, &len, &to, &room) == (size_t)-1)
		return 0;
	iconv(cd, NULL, NULL, &to, &room); /* back to ASCII, where there are states */
	if (to - dst == 3 && dst[0] == '\x8f')
		return 0; /* JIS X 0212 in EUC-JP, which is read, but not written */
	return (size_t)(to - dst);
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

size_t
charset_query(struct converters *converters, const struct charset *charset, char *dst,
    const char *url, size_t len)
{
	const char *hash = memchr(url, '#', len), *end = hash == NULL ? url + len : hash;
	const char *p = memchr(url, '?', (size_t)(end - url));
	char *to = dst, bytes[16];
	size_t bad;

	if (p == NULL)
		p = end;
	memcpy(to, url, (size_t)(p - url));
	to += p - url;
	while (p < end) {
		size_t used =
		    utf8_length((const unsigned char *)p, (size_t)(end - p), &bad);
		size_t count;

		if (used <= 1) {
			*to++ = *p++;
			continue;
		}
		count = encode(converters, charset, bytes, p, used);
		for (size_t i = 0; i < count; i++)
			to = put_byte(to, bytes[i]);
		if (count == 0)
			to += sprintf(to, "%%26%%23%u%%3B", code_of(p, used));
		p += used;
	}
	memcpy(to, end, (size_t)(url + len - end));
	return (size_t)(to - dst) + (size_t)(url + len - end);
}
