/* SPDX-License-Identifier: ISC */
/*
 * token - tags and text, as the tokenizer of the HTML Standard (13.2.5) tells them
 * apart: not what is in comments, nor what looks like a tag inside an attribute.
 *
 * Every byte is looked at once, whatever the page holds: what is not closed takes
 * the rest of the page.  Comments are passed over.  Which text is raw depends on
 * the tree, so that its builder says so.
 */
#ifndef PAR_LINKS_TOKEN_H
#define PAR_LINKS_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "field.h"
#include "name.h"

enum token_kind { TOKEN_TEXT, TOKEN_START, TOKEN_END, TOKEN_DOCTYPE };

/* Points into the page; nothing is decoded. */
struct token {
	enum token_kind kind;
	enum name name; /* of a tag */
	bool closed; /* <br/> */
	/* The text, the name of a tag, or what follows <!DOCTYPE. */
	const char *text;
	size_t len;
	const char *end; /* what follows the token */
};

/* Reading a page. */
struct tokens {
	const struct names *names;
	const char *at, *end;
	bool xml; /* comments and declarations end as in XML */
};

/*
 * The next token; false at the end of the page.  cdata: <![CDATA[ begins text, as
 * in SVG, MathML and XML.
 */
bool token_next(struct tokens *tokens, bool cdata, struct token *token);

/* Does a start tag begin raw text, where it is of HTML and not in a frameset? */
bool token_is_raw(const struct token *start);

/*
 * Pass over raw text, the start tag of which was read last, and its end tag.
 */
void token_skip_raw(struct tokens *tokens, const struct token *start);

/* Is all of the text blank, or any, references to blanks included? */
bool token_is_blank(const char *text, size_t len);
bool token_has_blank(const char *text, size_t len);

/* An attribute; a value that is missing is empty. */
struct attribute {
	const char *name, *value;
	size_t name_len, value_len;
};

/*
 * The attribute at *at, which follows the name of a tag or another attribute.
 * False: there is none but the end of the tag, which *at is set to, or the page
 * ends (NULL).
 */
bool attribute_next(const char **at, const char *end, struct attribute *attribute);

/* The value of the first attribute called name, lowercase; false if there is none. */
bool attribute_find(
    const char *at, const char *end, const char *name, const char **value, size_t *len);

/* The same, in letters as they stand in the page. */
bool attribute_find_exact(
    const char *at, const char *end, const char *name, const char **value, size_t *len);

/* Is that the value of the first attribute called name, in letters of any case? */
bool attribute_has(const char *at, const char *end, const char *name, const char *value);

/* Has a tag an attribute of that value? */
static inline bool
token_has(const struct token *tag, const char *name, const char *value)
{
	return attribute_has(tag->text + tag->len, tag->end, name, value);
}

#endif
