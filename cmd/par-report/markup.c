/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "field.h"
#include "markup.h"
#include "need.h"
#include "printable.h"

/* The name that a character must be written by, or NULL. */
static const char *
name_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return NULL;
}

/* How many bytes may stand as they are; 0: none.  XML has no U+FFFE and no U+FFFF. */
static size_t
plain(const char *data, size_t len)
{
	size_t take = printable_char(data, len);

	if (take == 3 && memcmp(data, "\xef\xbf", 2) == 0 &&
	    (unsigned char)data[2] >= 0xbe)
		return 0;
	return take;
}

void
markup_put(struct bytes *to, const char *data, size_t len)
{
	while (len > 0) {
		const char *name = name_of(*data);
		char escape[PRINTABLE_ESCAPE];
		size_t take = 1;

		if (name != NULL) {
			need_put(to, name, strlen(name));
		} else {
			take = plain(data, len);
			if (take > 0)
				need_put(to, data, take);
			else
				need_put(to, escape,
				    printable_escape(escape, (unsigned char)*data));
			take += take == 0;
		}
		data += take;
		len -= take;
	}
}

void
markup_text(struct bytes *to, const char *text)
{
	markup_put(to, text, strlen(text));
}

void
markup_field(struct bytes *to, const char *text)
{
	struct bytes raw = { 0 };
	size_t len = strlen(text);

	len = field_unescape(need_room(&raw, len + 1), text, len);
	markup_put(to, raw.data, len);
	bytes_free(&raw);
}
