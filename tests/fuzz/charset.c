/* SPDX-License-Identifier: ISC */
/*
 * Fuzz par-links: encodings.  What is decoded is UTF-8 and fits; characters that come
 * of an encoding are written in it again so that they are read as themselves.
 */
#include <stdlib.h>
#include <string.h>

#include "charset.h"
#include "fuzz.h"
#include "iso2022.h"
#include "utf8.h"
#include "utf8_char.h"

static const char *const names[] = { "utf-8", "big5", "euc-jp", "euc-kr", "gb18030",
	"gbk", "shift_jis", "iso-2022-jp", "utf-16le", "utf-16be", "windows-1252",
	"koi8-r", "iso-8859-8", "x-user-defined", "windows-874", "replacement" };

static void
check_utf8(const char *text, size_t len)
{
	size_t bad, used;

	for (size_t at = 0; at < len; at += used) {
		used = utf8_length(text + at, len - at, &bad);
		must(used > 0 && used <= len - at);
	}
}

static struct pairs_encoders *
encoders(void)
{
	static struct pairs_encoders only;

	return &only;
}

/* A character is written and read as itself; but for those the standard has one way. */
static void
check_code(enum pairs_kind kind, unsigned code)
{
	char bytes[PAIRS_ROOM], back[3 * PAIRS_ROOM], wanted[UTF8_MAX], again[PAIRS_ROOM];
	size_t len = pairs_encode(encoders(), kind, bytes, code), got, more;

	must(len <= PAIRS_ROOM);
	if (len == 0)
		return;
	got = pairs_decode(kind, back, bytes, len);
	check_utf8(back, got);
	if (got == (size_t)(utf8_put(wanted, code) - wanted) &&
	    memcmp(back, wanted, got) == 0)
		return;
	/* It was written as another one, which then stays. */
	must(got > 0);
	more = (unsigned char)*back < 0x80
	    ? 1
	    : pairs_encode(encoders(), kind, again, utf8_code(back, got));
	must((unsigned char)*back < 0x80 || more > 0);
}

static void
check_pairs(enum pairs_kind kind, const char *text, size_t len)
{
	size_t bad, used;

	for (size_t at = 0; at < len; at += used) {
		unsigned code;

		used = utf8_length(text + at, len - at, &bad);
		code = utf8_code(text + at, used);
		if (code >= 0x80 && code != UTF8_REPLACEMENT)
			check_code(kind, code);
	}
}

static void
check_query(const struct charset *charset, const char *url, size_t len)
{
	char *room = malloc(CHARSET_QUERY_GROWTH * len + 1);
	size_t got;

	must(room != NULL);
	got = charset_query(encoders(), charset, room, url, len);
	must(got <= CHARSET_QUERY_GROWTH * len);
	free(room);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces in = pieces_of(data, size);
	const char *name = names[pieces_byte(&in) % (sizeof(names) / sizeof(names[0]))];
	const struct charset *charset = charset_find(name, strlen(name)), *found;
	char *page = copy_of(in.at, in.left), *text = malloc(CHARSET_GROWTH * in.left),
	     *url;
	size_t len = charset_decode(charset, text, page, in.left), skip = 0;

	must(charset != NULL && len <= CHARSET_GROWTH * in.left);
	check_utf8(text, len);
	if (in.left > 0 && charset_is_utf8(charset, page, in.left))
		must(len == in.left && memcmp(text, page, len) == 0);
	if (charset->kind == CHARSET_PAIRS)
		check_pairs(charset->pairs, text, len);
	if (charset_has_queries(charset)) {
		url = malloc(len + 3);
		memcpy(url, "h?", 2);
		memcpy(url + 2, text, len);
		check_query(charset, url, len + 2);
		free(url);
	}
	found = charset_find(page, in.left);
	must(found == NULL || found->name != NULL);
	charset_of_type(page, in.left);
	charset_of_mark(page, in.left, &skip);
	must(skip <= in.left);
	free(text);
	free(page);
	return 0;
}
