/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "field.h"
#include "header_lines.h"
#include "need.h"
#include "page_record.h"

enum { PIECE = 16 << 10 }; /* of a body: it could become twice as long */

/* TAB and text. */
static void
put_field(struct bytes *out, const char *text)
{
	size_t len = text == NULL ? 0 : strlen(text);
	char *room = need_room(out, 2 * len + 1);

	*room = '\t';
	out->len += 1 + field_escape(room + 1, text, len);
}

void
page_record_begin(
    struct bytes *out, const struct request *request, const struct page_record_head *head)
{
	char status[24];

	snprintf(status, sizeof(status), "%03ld", head->status);
	need_put(out, request->input.data, request->field);
	put_field(out, status);
	put_field(out, head->type);
	put_field(out, request->target.url);
	put_field(out, head->error);
	need_put(out, "\t", 1);
	need_room(out, head->body);
}

void
page_record_body(struct bytes *out, const char *data, size_t len)
{
	while (len > 0) {
		size_t piece = len < PIECE ? len : PIECE;

		out->len += field_escape(need_room(out, 2 * piece), data, piece);
		data += piece;
		len -= piece;
	}
}

/* TAB and the header lines, each with a newline behind it. */
static void
put_lines(struct bytes *out, const struct bytes *lines)
{
	struct bytes text = { 0 };
	struct header_field field;
	size_t at = 0;

	while (header_lines_next(lines, &at, &field)) {
		need_put(&text, field.name, field.name_len);
		need_put(&text, ": ", 2);
		header_lines_unfold(&text, &field);
		need_put(&text, "\n", 1);
	}
	need_put(out, "\t", 1);
	page_record_body(out, text.data, text.len);
	bytes_free(&text);
}

/* How the answer came: version, address, seconds, header. */
static void
put_way(struct bytes *out, const struct page_record_way *way)
{
	put_field(out, way->version);
	put_field(out, way->address);
	need_print(out, "\t%.6f", (double)way->usec / 1e6);
	put_lines(out, way->lines);
}

void
page_record_end(
    struct bytes *out, const struct request *request, const struct page_record_head *head)
{
	if (head->way != NULL)
		put_way(out, head->way);
	if (request->input.len > request->field)
		need_put(out, request->input.data + request->field,
		    request->input.len - request->field);
	need_put(out, "\n", 1);
}
