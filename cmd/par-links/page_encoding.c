/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "page_encoding.h"
#include "page_text.h"

enum { PRESCAN = 1024 }; /* bytes of a page that may tell its encoding */

/* The encoding that a <meta> tells, or NULL. */
static const struct charset *
charset_of_meta(const struct tag *tag)
{
	const struct charset *charset = NULL;
	const char *value;
	size_t len;

	if (tag_value(tag, "charset", &value, &len))
		charset = charset_find(value, len);
	else if (tag_has(tag, "http-equiv", "content-type") &&
	    tag_value(tag, "content", &value, &len))
		charset = charset_of_type(value, len);
	if (charset == NULL)
		return NULL;
	/* A page whose tags could be read is not UTF-16. */
	if (charset->kind == CHARSET_UTF16)
		return charset_find("utf-8", 5);
	if (strcmp(charset->name, "x-user-defined") == 0)
		return charset_find("windows-1252", 12);
	return charset;
}

/*
 * The encoding that a <meta> among the first bytes of the page tells, or NULL.
 * They are looked for before it is known what the tags around them mean.
 */
static const struct charset *
charset_of_metas(const struct pages *pages)
{
	size_t len = pages->len < PRESCAN ? pages->len : PRESCAN;
	struct tokens tokens = {
		.names = &pages->build.names, .at = pages->data, .end = pages->data + len
	};
	const struct charset *charset = NULL;
	struct token token;

	while (charset == NULL && token_next(&tokens, false, &token))
		if (token.kind == TOKEN_START && token.name == NAME_META)
			charset = charset_of_meta(&(struct tag){
			    .attributes = token.text + token.len, .end = token.end });
	return charset;
}

/* The encoding of the page, by the order of the HTML Standard; skips its mark. */
static const struct charset *
find_charset(struct pages *pages, const struct field *type)
{
	const struct charset *charset;
	size_t skip;

	charset = charset_of_mark(pages->data, pages->len, &skip);
	pages->data += skip;
	pages->len -= skip;
	if (charset == NULL)
		charset = charset_of_type(type->data, type->len);
	if (!pages->html)
		return charset == NULL ? charset_find("utf-8", 5) : charset;
	if (charset == NULL)
		charset = charset_of_metas(pages);
	if (charset == NULL)
		return pages->xml ? charset_find("utf-8", 5)
				  : charset_find("windows-1252", 12);
	return charset;
}

void
pages_use_charset(struct pages *pages, const struct field *type)
{
	pages->charset = pages->sink->charset = find_charset(pages, type);
	if (charset_is_whole(pages->charset) || pages->choice->regex != NULL) {
		struct field whole =
		    pages_to_utf8(pages, &pages->decoded, pages->data, pages->len);

		pages->data = whole.data;
		pages->len = whole.len;
		pages->charset = charset_find("utf-8", 5);
	}
}
