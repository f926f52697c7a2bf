/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "field.h"
#include "separator.h"

enum { PIECE = 4096 };

const char *
separator_read(void *separator, const char *value)
{
	struct separator *set = separator;
	char bytes[2] = { *value };
	size_t len = strlen(value);

	if (len == 2)
		len = field_unescape(bytes, value, len);
	if (len != 1)
		return "neither a byte nor one of \\0, \\t, \\n, \\r and \\\\";
	set->on = *bytes != '\n';
	set->byte = *bytes;
	return NULL;
}

const char *
separator_nul(void *separator, const char *value)
{
	(void)value;
	return separator_read(separator, "\\0");
}

size_t
separator_escape(
    const struct separator *separator, char *dst, const char *data, size_t len)
{
	const char *end = data + len;
	char *to = dst;

	while (data < end) {
		const char *next = memchr(data, separator->byte, (size_t)(end - data));
		size_t record = (size_t)((next == NULL ? end : next) - data);

		to += field_escape(to, data, record);
		data += record;
		if (next != NULL) {
			*to++ = '\n';
			data++;
		}
	}
	return (size_t)(to - dst);
}

size_t
separator_escape_all(const struct separator *separator, char *dst, char *data, size_t len)
{
	struct edge_stream stream = { .len = len };

	return edges_on(&separator->edges)
	    ? edges_escape(&separator->edges, &stream, dst, data, true)
	    : separator_escape(separator, dst, data, len);
}

/* Add what lies behind the first *skip bytes. */
static void
add(struct hash_stream *hash, const char *data, size_t len, size_t *skip)
{
	size_t passed = *skip < len ? *skip : len;

	*skip -= passed;
	if (len > passed)
		hash_add(hash, data + passed, len - passed);
}

/* How many of the first bytes hold no newline, and end with no half of an escape. */
static size_t
whole(const char *data, size_t len)
{
	const char *newline;
	size_t escapes = 0;

	if (len > PIECE)
		len = PIECE;
	newline = memchr(data, '\n', len);
	if (newline != NULL)
		len = (size_t)(newline - data);
	while (escapes < len && data[len - 1 - escapes] == '\\')
		escapes++;
	return len - escapes % 2;
}

void
separator_hash(const struct separator *separator, struct hash_stream *hash,
    const char *data, size_t len, size_t skip)
{
	char piece[PIECE];

	while (len > 0) {
		size_t part = *data == '\n' ? 1 : whole(data, len);

		if (*data == '\n')
			add(hash, &separator->byte, 1, &skip);
		else
			add(hash, piece, field_unescape(piece, data, part), &skip);
		data += part;
		len -= part;
	}
}
