/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "ascii.h"
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

/* The encoding that <?xml encoding="..."?> tells, or UTF-16 if that begins so; or NULL.
 */
static const struct charset *
charset_of_declaration(const struct pages *pages)
{
	static const char open[] = "<?xml", word[] = "encoding";
	size_t len = pages->len < PRESCAN ? pages->len : PRESCAN;
	const char *p = pages->data, *end = memchr(p, '>', len), *close;
	const struct charset *charset;

	if (len >= 6 && memcmp(p, "<\0?\0x", 6) == 0)
		return charset_find("utf-16le", 8);
	if (len >= 6 && memcmp(p, "\0<\0?\0x", 6) == 0)
		return charset_find("utf-16be", 8);
	if (end == NULL || end - p < 5 || memcmp(p, open, 5) != 0)
		return NULL;
	p = memmem(p, (size_t)(end - p), word, strlen(word));
	if (p == NULL)
		return NULL;
	p = ascii_skip_blanks(p + strlen(word), end);
	if (*p != '=')
		return NULL;
	p = ascii_skip_blanks(p + 1, end);
	close = *p == '"' || *p == '\'' ? memchr(p + 1, *p, (size_t)(end - p - 1)) : NULL;
	if (close == NULL)
		return NULL;
	charset = charset_find(p + 1, (size_t)(close - p - 1));
	return charset != NULL && charset->kind == CHARSET_UTF16
	    ? charset_find("utf-8", 5)
	    : charset;
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
	if (charset == NULL && pages->html && !pages->xml)
		charset = charset_of_metas(pages);
	if (charset == NULL && pages->markup)
		charset = charset_of_declaration(pages);
	if (charset != NULL)
		return charset;
	return pages->html && !pages->xml ? charset_find("windows-1252", 12)
					  : charset_find("utf-8", 5);
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
