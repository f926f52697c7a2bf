/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "field.h"

size_t
field_split(const char *data, size_t len, struct field *fields, size_t max)
{
	const char *end;
	size_t count = 0;

	if (len == 0) { /* nothing may stand nowhere, which memchr(3) must not be told */
		fields[0] = (struct field){ data, 0 };
		return 1;
	}
	for (end = data + len;;) {
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

const char *
field_hint(const char *data, size_t len)
{
	bool other = false;

	for (size_t i = 0; i < len; i++) {
		if (data[i] == '\t')
			return "";
		other = other || data[i] == ' ' || data[i] == ',' || data[i] == ';';
	}
	return other ? "; TABs separate fields" : "";
}

bool
field_at(const char *data, size_t len, size_t index, struct field *out)
{
	const char *end, *tab;

	if (len == 0) {
		*out = (struct field){ data, 0 };
		return index == 0;
	}
	for (end = data + len;;) {
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

/* One byte, as it is or with a backslash. */
static char *
put_escaped(char *to, char byte)
{
	char escape = escape_of(byte);

	if (escape == 0) {
		*to++ = byte;
		return to;
	}
	*to++ = '\\';
	*to++ = escape;
	return to;
}

size_t
field_clean(const char *data, size_t len)
{
	size_t at = 0;

	while (at < len && escape_of(data[at]) == 0)
		at++;
	return at;
}

#ifdef __SSE2__

/*
 * Copy and escape sixteen bytes at a time, and find what might need it in the same go:
 * control bytes up to CR, and backslashes.  Leaves fewer than sixteen; where it is then.
 */
static char *
escape_blocks(char *to, const char **data, const char *end)
{
	const __m128i backslash = _mm_set1_epi8('\\'), last = _mm_set1_epi8('\r');
	const char *in = *data;

	while (end - in >= 16) {
		__m128i v = _mm_loadu_si128((const void *)in);
		unsigned mask = (unsigned)_mm_movemask_epi8(
		    _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(v, last), v),
			_mm_cmpeq_epi8(v, backslash)));
		unsigned clean = mask == 0 ? 16 : (unsigned)__builtin_ctz(mask);

		/* Twice what is left fits, so sixteen do. */
		_mm_storeu_si128((void *)to, v);
		to += clean;
		in += clean;
		if (mask != 0)
			to = put_escaped(to, *in++);
	}
	*data = in;
	return to;
}

#ifdef __x86_64__

/*
 * Copy and escape 32 bytes at a time without a branch, where the processor can spread
 * bytes: all that need a backslash are found and replaced by tables of their lower four
 * bits.
 */
__attribute__((target("avx512vbmi2,avx512bw,avx512vl,bmi2,popcnt"))) static char *
escape_wide(char *to, const char **data, const char *end)
{
	const __m128i bytes =
	    _mm_setr_epi8('\0', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, '\\', '\r', 0, 0);
	const __m128i codes =
	    _mm_setr_epi8('0', 0, 0, 0, 0, 0, 0, 0, 0, 't', 'n', 0, '\\', 'r', 0, 0);
	const __m256i wide_bytes = _mm256_broadcastsi128_si256(bytes),
		      wide_codes = _mm256_broadcastsi128_si256(codes);
	const uint64_t first = 0x5555555555555555; /* of two places for each byte */
	const char *in = *data;

	for (; end - in >= 32; in += 32) {
		__m256i v = _mm256_loadu_si256((const void *)in);
		__mmask32 mask =
		    _mm256_cmpeq_epi8_mask(v, _mm256_shuffle_epi8(wide_bytes, v));
		uint64_t used = _pdep_u64(mask, first) | ~first;

		v = _mm256_mask_shuffle_epi8(v, mask, wide_codes, v);
		_mm512_storeu_si512((void *)to,
		    _mm512_mask_expand_epi8(_mm512_set1_epi8('\\'),
			_pext_u64(~first, used), _mm512_castsi256_si512(v)));
		to += 32 + __builtin_popcount(mask);
	}
	*data = in;
	return to;
}

#endif
#endif

size_t
field_escape(char *dst, const char *data, size_t len)
{
	const char *end;
	char *to = dst;

	if (len == 0)
		return 0;
	end = data + len;
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx512vbmi2"))
		to = escape_wide(to, &data, end);
#endif
#ifdef __SSE2__
	to = escape_blocks(to, &data, end);
#endif
	while (data < end)
		to = put_escaped(to, *data++);
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
field_raw_len(const char *data, size_t len)
{
	const char *end = data + len;
	size_t raw = len;

	while (data < end) {
		const char *mark = memchr(data, '\\', (size_t)(end - data));

		if (mark == NULL)
			break;
		raw--;
		data = mark + 2;
	}
	return raw;
}

size_t
field_unescape(char *dst, const char *data, size_t len)
{
	const char *end;
	char *to = dst;

	if (len == 0)
		return 0;
	for (end = data + len; data < end;) {
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
