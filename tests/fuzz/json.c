/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-fetch: records as JSON.  Any bytes give one line of strict JSON, and what was
 * text, and the body in any case, can be had back from it.
 */
#include <stdlib.h>
#include <string.h>

#include "need.h"
#include "field.h"
#include "fuzz.h"
#include "json.h"

/* Is that UTF-8, by the bit patterns? */
static bool
is_utf8(const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t more = p[i] < 0x80 ? 0
		    : p[i] >> 5 == 6	  ? 1
		    : p[i] >> 4 == 14	  ? 2
					  : 3;
		unsigned code = p[i] & (more == 0 ? 0x7f : 0x3f >> more);

		if ((more == 3 && p[i] >> 3 != 30) || (p[i] & 0xc0) == 0x80 ||
		    i + more >= len)
			return false;
		for (size_t k = 1; k <= more; k++) {
			if ((p[i + k] & 0xc0) != 0x80)
				return false;
			code = code << 6 | (p[i + k] & 0x3f);
		}
		if (more > 0 &&
		    code < (more == 1	       ? 0x80u
				   : more == 2 ? 0x800u
					       : 0x10000u))
			return false;
		if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
			return false;
		i += 1 + more;
	}
	return true;
}

/* Where reading stands in the object. */
struct reader {
	const char *at, *end;
};

static void
expect(struct reader *in, const char *text)
{
	size_t len = strlen(text);

	must((size_t)(in->end - in->at) >= len && memcmp(in->at, text, len) == 0);
	in->at += len;
}

static bool
next_is(const struct reader *in, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(in->end - in->at) >= len && memcmp(in->at, text, len) == 0;
}

/* The one byte, or the escape, at in. */
static char
take_char(struct reader *in)
{
	static const char names[] = "\"\"\\\\n\nr\rt\tb\bf\f//";
	unsigned code = 0;

	if (*in->at != '\\') {
		must((unsigned char)*in->at >= 0x20);
		return *in->at++;
	}
	in->at++;
	must(in->at < in->end);
	for (size_t i = 0; i < sizeof(names) - 1; i += 2)
		if (*in->at == names[i]) {
			in->at++;
			return names[i + 1];
		}
	expect(in, "u00");
	for (int i = 0; i < 2; i++, in->at++) {
		const char *digit = strchr("0123456789abcdef", *in->at);

		must(*in->at != '\0' && digit != NULL);
		code = code << 4 | (unsigned)(digit - "0123456789abcdef");
	}
	must(code < 0x80);
	return (char)code;
}

/* A string; what it stands for, *len bytes, the caller's. */
static char *
take_string(struct reader *in, size_t *len)
{
	char *text = malloc((size_t)(in->end - in->at) + 1);

	must(text != NULL);
	*len = 0;
	expect(in, "\"");
	while (must(in->at < in->end), *in->at != '"')
		text[(*len)++] = take_char(in);
	expect(in, "\"");
	must(is_utf8((const unsigned char *)text, *len));
	return text;
}

/* A string that is to be what it was, if that is text. */
static void
expect_text(struct reader *in, const char *wanted, size_t wanted_len)
{
	size_t len;
	char *text = take_string(in, &len);

	if (is_utf8((const unsigned char *)wanted, wanted_len))
		must(same_bytes(text, len, wanted, wanted_len));
	free(text);
}

static void
expect_or_null(struct reader *in, const char *wanted)
{
	if (wanted == NULL)
		expect(in, "null");
	else
		expect_text(in, wanted, strlen(wanted));
}

static void
expect_base64(struct reader *in, const char *wanted, size_t wanted_len)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned bits = 0, count = 0;
	size_t at = 0, len;
	char *text = take_string(in, &len);

	must(len == (wanted_len + 2) / 3 * 4);
	while (len > 0 && text[len - 1] == '=')
		len--;
	for (size_t i = 0; i < len; i++) {
		const char *digit = memchr(digits, text[i], 64);

		must(digit != NULL);
		bits = bits << 6 | (unsigned)(digit - digits);
		count += 6;
		if (count < 8)
			continue;
		count -= 8;
		must(at < wanted_len && (char)(bits >> count) == wanted[at]);
		at++;
	}
	must(at == wanted_len);
	free(text);
}

/* A field as what it stands for. */
static void
expect_field(struct reader *in, const char *data, size_t len)
{
	char *plain = malloc(len);

	expect_text(in, plain, field_unescape(plain, data, len));
	free(plain);
}

static void
check(const struct bytes *out, const struct request *request,
    const struct page_record_head *head, const struct bytes *body)
{
	struct reader in = { out->data, out->data + out->len };
	struct field field;

	expect(&in, "{\"url\":");
	expect_field(&in, request->input.data, request->field);
	expect(&in, ",\"status\":404,\"type\":");
	expect_or_null(&in, head->type);
	expect(&in, ",\"effective_url\":");
	expect_or_null(&in, request->target.url);
	expect(&in, ",\"error\":null");
	must(next_is(&in, ",\"body\":") ==
	    is_utf8((unsigned char *)body->data, body->len));
	if (next_is(&in, ",\"body\":")) {
		expect(&in, ",\"body\":");
		expect_text(&in, body->data, body->len);
	} else {
		expect(&in, ",\"body_base64\":");
		expect_base64(&in, body->data, body->len);
	}
	for (size_t i = 1; field_at(request->input.data, request->input.len, i, &field);
	     i++) {
		expect(&in, i == 1 ? ",\"fields\":[" : ",");
		expect_field(&in, field.data, field.len);
	}
	if (request->field < request->input.len)
		expect(&in, "]");
	expect(&in, "}\n");
	must(in.at == in.end);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces in = pieces_of(data, size);
	struct request request = { 0 };
	struct page_record_head head = { .status = 404 };
	struct bytes body = { 0 }, out = { 0 };
	struct field first;
	size_t len, type_len;
	const char *record = pieces_until(&in, '\n', &len), *type;
	char *type_text;

	need_put(&request.input, record, len);
	field_at(record, len, 0, &first);
	request.field = first.len;
	type = pieces_until(&in, '\0', &type_len);
	type_text = need_string(type, type_len);
	head.type = type_len == 0 ? NULL : type_text;
	request.target.url = type_len == 1 ? NULL : type_text;
	need_put(&body, in.at, in.left);
	json_record(&out, &request, &head, &body, false);
	check(&out, &request, &head, &body);
	free(type_text);
	bytes_free(&request.input);
	bytes_free(&body);
	bytes_free(&out);
	return 0;
}
