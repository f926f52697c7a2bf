/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "header_lines.h"
#include "need.h"

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static void
trim(const char **text, size_t *len)
{
	while (*len > 0 && is_blank((*text)[0]))
		(*text)++, (*len)--;
	while (*len > 0 && is_blank((*text)[*len - 1]))
		(*len)--;
}

/* Where the line at from ends, with those that it is folded into. */
static size_t
line_end(const struct bytes *lines, size_t from)
{
	do {
		const char *end = memchr(lines->data + from, '\n', lines->len - from);

		if (end == NULL)
			return lines->len;
		from = (size_t)(end - lines->data) + 1;
	} while (
	    from < lines->len && (lines->data[from] == ' ' || lines->data[from] == '\t'));
	return from;
}

bool
header_lines_next(const struct bytes *lines, size_t *at, struct header_field *field)
{
	while (*at < lines->len) {
		const char *line = lines->data + *at, *colon;
		size_t len = line_end(lines, *at) - *at;

		*at += len;
		if (len >= 2 && memcmp(line + len - 2, ":\n", 2) == 0)
			continue; /* odd_lines put that colon there */
		colon = memchr(line, ':', len);
		if (colon == NULL || (len > 5 && memcmp(line, "HTTP/", 5) == 0))
			continue;
		field->name = line;
		field->name_len = (size_t)(colon - line);
		field->value = colon + 1;
		field->value_len = len - field->name_len - 1;
		trim(&field->name, &field->name_len);
		trim(&field->value, &field->value_len);
		if (memchr(field->name, ' ', field->name_len) == NULL)
			return true;
	}
	return false;
}

void
header_lines_unfold(struct bytes *out, const struct header_field *field)
{
	char *to = need_room(out, field->value_len);

	for (size_t i = 0; i < field->value_len; i++) {
		char byte = field->value[i];

		*to++ = byte == '\r' || byte == '\n' ? ' ' : byte;
	}
	out->len += field->value_len;
}
