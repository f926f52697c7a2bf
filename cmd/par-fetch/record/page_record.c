/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "field.h"
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

void
page_record_end(struct bytes *out, const struct request *request)
{
	if (request->input.len > request->field)
		need_put(out, request->input.data + request->field,
		    request->input.len - request->field);
	need_put(out, "\n", 1);
}
