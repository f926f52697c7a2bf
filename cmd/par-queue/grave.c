/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "field.h"
#include "grave.h"
#include "need.h"

static void
put_escaped(struct bytes *lines, const char *data, size_t len)
{
	char *to;

	if (len == 0)
		return;
	to = need_room(lines, 2 * len);
	lines->len += field_escape(to, data, len);
}

static void
put_line(const struct engine_grave *grave, const char *record, size_t len,
    const char *mark, struct bytes *lines)
{
	const struct engine_text fields[] = { { record, len }, grave->attempts,
		grave->why, grave->last };

	if (mark != NULL) {
		need_put(lines, mark, strlen(mark));
		put_escaped(lines, grave->number.data, grave->number.len);
	}
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (i > 0 || mark != NULL)
			need_put(lines, "\t", 1);
		put_escaped(lines, fields[i].data, fields[i].len);
	}
	if (mark == NULL) {
		need_put(lines, "\t", 1);
		put_escaped(lines, grave->number.data, grave->number.len);
	}
	need_put(lines, "\n", 1);
}

void
grave_lines(const struct engine_grave *grave, const char *mark, struct bytes *lines)
{
	const char *at = grave->records.data;
	const char *end = at + grave->records.len;

	do {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		if (newline == NULL) /* others wrote it, or there is no record */
			newline = end;
		put_line(grave, at, (size_t)(newline - at), mark, lines);
		at = newline < end ? newline + 1 : end;
	} while (at < end);
}
