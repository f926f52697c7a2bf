/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "ascii.h"
#include "entity.h"
#include "entity_table.h"
#include "utf8_char.h"

enum { CODE_STOP = 0x110000 /* larger numbers are counted no further */ };

/* What &#128; to &#159; mean; 0: the number itself. */
static const unsigned short windows_1252[32] = { 0x20ac, 0, 0x201a, 0x0192, 0x201e,
	0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0,
	0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161,
	0x203a, 0x0153, 0, 0x017e, 0x0178 };

static bool
is_alnum(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
	    (byte >= 'a' && byte <= 'z');
}

/* src is at "&#".  How many bytes the reference has; 0 if it is none. */
static size_t
decode_number(char **to, const char *src, const char *end)
{
	const char *p = src + 2, *first;
	unsigned base = 10, code = 0;
	int value;

	if (p < end && (*p == 'x' || *p == 'X')) {
		base = 16;
		p++;
	}
	for (first = p; p < end && (value = ascii_hex(*p)) >= 0 && value < (int)base;
	     p++) {
		code = code * base + (unsigned)value;
		if (code > CODE_STOP)
			code = CODE_STOP;
	}
	if (p == first)
		return 0;
	if (p < end && *p == ';')
		p++;
	if (code >= 0x80 && code < 0xa0 && windows_1252[code - 0x80] != 0)
		code = windows_1252[code - 0x80];
	*to = utf8_put(*to, code == 0 ? UTF8_REPLACEMENT : code);
	return (size_t)(p - src);
}

/* The first of entities[low] to [high] whose byte at depth is not below byte. */
static size_t
lower_bound(size_t low, size_t high, size_t depth, int byte)
{
	while (low < high) {
		size_t middle = (low + high) / 2;

		if ((unsigned char)entities[middle].name[depth] < byte)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The entity with the longest name that name begins with, or NULL; *len is set. */
static const struct entity *
longest(const char *name, const char *end, size_t *len)
{
	const struct entity *found = NULL;
	size_t low = 0, high = ENTITY_COUNT;

	for (size_t depth = 0; name + depth < end && depth < ENTITY_NAME_MAX; depth++) {
		int byte = (unsigned char)name[depth];

		if (byte == 0)
			break;
		low = lower_bound(low, high, depth, byte);
		high = lower_bound(low, high, depth, byte + 1);
		if (low == high)
			break;
		if (entities[low].name[depth + 1] == '\0') {
			found = &entities[low];
			*len = depth + 1;
		}
	}
	return found;
}

/* src is at "&".  As decode_number(). */
static size_t
decode_name(char **to, const char *src, const char *end, bool attribute)
{
	const struct entity *found;
	size_t len = 0;

	found = longest(src + 1, end, &len);
	if (found == NULL)
		return 0;
	src += 1 + len;
	if (attribute && src[-1] != ';' && src < end && (*src == '=' || is_alnum(*src)))
		return 0;
	for (const char *text = found->text; *text != '\0'; text++)
		*(*to)++ = *text;
	return 1 + len;
}

bool
entity_needed(const char *src, size_t len)
{
	return memchr(src, '&', len) != NULL || memchr(src, '\0', len) != NULL;
}

size_t
entity_decode(char *dst, const char *src, size_t len, bool attribute)
{
	const char *end = src + len;
	char *to = dst;

	while (src < end) {
		size_t used = 0;

		if (*src == '&' && src + 1 < end)
			used = src[1] == '#' ? decode_number(&to, src, end)
					     : decode_name(&to, src, end, attribute);
		if (used == 0 && *src == '\0') {
			to = utf8_put(to, UTF8_REPLACEMENT);
			used = 1;
		}
		if (used == 0) {
			*to++ = *src;
			used = 1;
		}
		src += used;
	}
	return (size_t)(to - dst);
}
