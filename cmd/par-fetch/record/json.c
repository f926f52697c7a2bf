/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "field.h"
#include "header_lines.h"
#include "json.h"
#include "need.h"
#include "utf8_char.h"

static void
put_text(struct bytes *out, const char *text)
{
	need_put(out, text, strlen(text));
}

static bool
is_text(const char *data, size_t len)
{
	uint32_t code;

	for (size_t at = 0, more; at < len; at += more) {
		more = utf8_char(data + at, len - at, &code);
		if (more == 0)
			return false;
	}
	return true;
}

/* A byte that JSON does not take as it is, at to; the end of it. */
static char *
put_escape(char *to, unsigned char byte)
{
	static const char names[] = "\"\"\\\\\nn\rr\tt", hex[] = "0123456789abcdef";

	*to++ = '\\';
	for (size_t i = 0; i < sizeof(names) - 1; i += 2)
		if ((unsigned char)names[i] == byte) {
			*to++ = names[i + 1];
			return to;
		}
	memcpy(to, "u00", 3);
	to[3] = hex[byte >> 4];
	to[4] = hex[byte & 15];
	return to + 5;
}

static void
put_string(struct bytes *out, const char *data, size_t len)
{
	char *start = need_room(out, 6 * len + 2), *to = start;

	*to++ = '"';
	for (size_t at = 0; at < len;) {
		unsigned char byte = (unsigned char)data[at];
		uint32_t code;
		size_t more = utf8_char(data + at, len - at, &code);

		if (more == 0) {
			memcpy(to, "\xef\xbf\xbd", 3);
			to += 3;
			at++;
		} else if (byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7f) {
			to = put_escape(to, byte);
			at++;
		} else {
			memcpy(to, data + at, more);
			to += more;
			at += more;
		}
	}
	*to++ = '"';
	out->len += (size_t)(to - start);
}

static void
put_base64(struct bytes *out, const char *data, size_t len)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *from = (const unsigned char *)data;
	char *to = need_room(out, (len + 2) / 3 * 4 + 2), *start = to;

	*to++ = '"';
	for (size_t at = 0; at < len; at += 3) {
		size_t left = len - at;
		uint32_t bits = (uint32_t)from[at] << 16;

		bits |= left > 1 ? (uint32_t)from[at + 1] << 8 : 0;
		bits |= left > 2 ? (uint32_t)from[at + 2] : 0;
		*to++ = digits[bits >> 18];
		*to++ = digits[bits >> 12 & 63];
		*to++ = left > 1 ? digits[bits >> 6 & 63] : '=';
		*to++ = left > 2 ? digits[bits & 63] : '=';
	}
	*to++ = '"';
	out->len += (size_t)(to - start);
}

static void
put_or_null(struct bytes *out, const char *name, const char *text)
{
	put_text(out, name);
	if (text == NULL)
		put_text(out, "null");
	else
		put_string(out, text, strlen(text));
}

/* A field of the input, as what it stands for. */
static void
put_input(struct bytes *out, const char *data, size_t len)
{
	struct bytes plain = { 0 };

	need_room(&plain, len);
	plain.len = field_unescape(plain.data, data, len);
	put_string(out, plain.data, plain.len);
	bytes_free(&plain);
}

/* The fields behind the URL in the input, if there are any. */
static void
put_fields(struct bytes *out, const struct request *request)
{
	const char *data = request->input.data;
	struct field field;

	for (size_t i = 1; field_at(data, request->input.len, i, &field); i++) {
		put_text(out, i == 1 ? ",\"fields\":[" : ",");
		put_input(out, field.data, field.len);
	}
	if (request->field < request->input.len)
		put_text(out, "]");
}

/* How the answer came; what is not known is null. */
static void
put_way(struct bytes *out, const struct page_record_way *way)
{
	struct header_field field;
	size_t at = 0;

	put_or_null(out, ",\"http_version\":", way->version);
	put_or_null(out, ",\"address\":", way->address);
	need_print(out, ",\"seconds\":%.6f,\"headers\":[", (double)way->usec / 1e6);
	for (bool first = true; header_lines_next(way->lines, &at, &field);
	     first = false) {
		struct bytes value = { 0 };

		put_text(out, first ? "[" : ",[");
		put_string(out, field.name, field.name_len);
		header_lines_unfold(&value, &field);
		put_text(out, ",");
		put_string(out, value.data, value.len);
		put_text(out, "]");
		bytes_free(&value);
	}
	put_text(out, "]");
}

void
json_record(struct bytes *out, const struct request *request,
    const struct page_record_head *head, const struct bytes *body, bool in_file)
{
	char status[32];

	snprintf(status, sizeof(status), ",\"status\":%ld", head->status);
	put_text(out, "{\"url\":");
	put_input(out, request->input.data, request->field);
	put_text(out, status);
	put_or_null(out, ",\"type\":", head->type);
	put_or_null(out, ",\"effective_url\":", request->target.url);
	put_or_null(out, ",\"error\":", head->error);
	if (in_file) {
		put_text(out, ",\"body_file\":");
		put_string(out, body->data, body->len);
	} else if (is_text(body->data, body->len)) {
		put_text(out, ",\"body\":");
		put_string(out, body->data, body->len);
	} else {
		put_text(out, ",\"body_base64\":");
		put_base64(out, body->data, body->len);
	}
	if (head->way != NULL)
		put_way(out, head->way);
	put_fields(out, request);
	put_text(out, "}\n");
}
