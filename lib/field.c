/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "field.h"

size_t
field_split(const char *data, size_t len, struct field *fields, size_t max)
{
	const char *end = data + len;
	size_t count = 0;

	for (;;) {
		const char *tab = NULL;

		if (count + 1 < max)
			tab = memchr(data, '\t', (size_t)(end - data));
		fields[count].data = data;
		fields[count++].len = (size_t)((tab == NULL ? end : tab) - data);
		if (tab == NULL)
			return count;
		data = tab + 1;
	}
}

bool
field_at(const char *data, size_t len, size_t index, struct field *out)
{
	const char *end = data + len, *tab;

	for (;;) {
		tab = memchr(data, '\t', (size_t)(end - data));
		if (index == 0)
			break;
		if (tab == NULL)
			return false;
		data = tab + 1;
		index--;
	}
	out->data = data;
	out->len = (size_t)((tab == NULL ? end : tab) - data);
	return true;
}

/* What follows the backslash for byte, or 0 if it needs none. */
static char
escape_of(char byte)
{
	switch (byte) {
	case '\\':
		return '\\';
	case '\t':
		return 't';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\0':
		return '0';
	default:
		return 0;
	}
}

size_t
field_clean(const char *data, size_t len)
{
	size_t at = 0;

#ifdef __SSE2__
	const __m128i backslash = _mm_set1_epi8('\\'), tab = _mm_set1_epi8('\t'),
		      newline = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r'),
		      nul = _mm_setzero_si128();

	for (; at + 16 <= len; at += 16) {
		__m128i v = _mm_loadu_si128((const void *)(data + at));
		__m128i hit = _mm_or_si128(
		    _mm_or_si128(_mm_cmpeq_epi8(v, backslash), _mm_cmpeq_epi8(v, tab)),
		    _mm_or_si128(_mm_cmpeq_epi8(v, newline),
			_mm_or_si128(_mm_cmpeq_epi8(v, cr), _mm_cmpeq_epi8(v, nul))));
		int mask = _mm_movemask_epi8(hit);

		if (mask != 0)
			return at + (size_t)__builtin_ctz((unsigned)mask);
	}
#endif
	while (at < len && escape_of(data[at]) == 0)
		at++;
	return at;
}

size_t
field_escape(char *dst, const char *data, size_t len)
{
	const char *end = data + len;
	char *to = dst;

	while (data < end) {
		size_t clean = field_clean(data, (size_t)(end - data));

		memcpy(to, data, clean);
		to += clean;
		data += clean;
		if (data == end)
			break;
		*to++ = '\\';
		*to++ = escape_of(*data++);
	}
	return (size_t)(to - dst);
}

/* The byte that \code stands for, or -1. */
static int
escaped(char code)
{
	switch (code) {
	case '\\':
		return '\\';
	case 't':
		return '\t';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case '0':
		return '\0';
	default:
		return -1;
	}
}

size_t
field_unescape(char *dst, const char *data, size_t len)
{
	const char *end = data + len;
	char *to = dst;

	while (data < end) {
		const char *mark = memchr(data, '\\', (size_t)(end - data));
		size_t plain = (size_t)((mark == NULL ? end : mark) - data);
		int byte;

		memmove(to, data, plain);
		to += plain;
		data += plain;
		if (mark == NULL)
			break;
		byte = data + 1 < end ? escaped(data[1]) : -1;
		*to++ = byte < 0 ? '\\' : (char)byte;
		data += byte < 0 ? 1 : 2;
	}
	return (size_t)(to - dst);
}
