/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "entity.h"
#include "token.h"

/* The bytes that end a piece of a tag. */
enum {
	ENDS_ATTRIBUTE = 1, /* its name */
	ENDS_BARE = 2, /* a value without quotes */
	IS_GAP = 4 /* may stand between attributes */
};

static const unsigned char classes[256] = {
	['\t'] = ENDS_ATTRIBUTE | ENDS_BARE | IS_GAP,
	['\n'] = ENDS_ATTRIBUTE | ENDS_BARE | IS_GAP,
	['\f'] = ENDS_ATTRIBUTE | ENDS_BARE | IS_GAP,
	['\r'] = ENDS_ATTRIBUTE | ENDS_BARE | IS_GAP,
	[' '] = ENDS_ATTRIBUTE | ENDS_BARE | IS_GAP,
	['/'] = ENDS_ATTRIBUTE | IS_GAP,
	['='] = ENDS_ATTRIBUTE,
	['>'] = ENDS_ATTRIBUTE | ENDS_BARE,
};

/* The first byte that is of a class, or end. */
static const char *
find_class(const char *p, const char *end, unsigned class)
{
	while (p < end && (classes[(unsigned char)*p] & class) == 0)
		p++;
	return p;
}

static const char *
skip_gap(const char *p, const char *end)
{
	while (p < end && (classes[(unsigned char)*p] & IS_GAP) != 0)
		p++;
	return p;
}

/* The value at p, behind "="; what follows it, or NULL if the page ends there. */
static const char *
read_value(const char *p, const char *end, struct attribute *attribute)
{
	const char *close;

	p = ascii_skip_blanks(p, end);
	if (p == end)
		return NULL;
	if (*p == '"' || *p == '\'') {
		close = memchr(p + 1, *p, (size_t)(end - p - 1));
		attribute->value = p + 1;
		attribute->value_len = close == NULL ? 0 : (size_t)(close - p - 1);
		return close == NULL ? NULL : close + 1;
	}
	close = find_class(p, end, ENDS_BARE);
	attribute->value = p;
	attribute->value_len = (size_t)(close - p);
	return close;
}

bool
attribute_next(const char **at, const char *end, struct attribute *attribute)
{
	const char *p = skip_gap(*at, end), *equals;

	*at = p == end ? NULL : p;
	if (p == end || *p == '>')
		return false;
	attribute->name = p;
	p = find_class(p + 1, end, ENDS_ATTRIBUTE); /* "=" may come first */
	attribute->name_len = (size_t)(p - attribute->name);
	attribute->value = p;
	attribute->value_len = 0;
	equals = p < end && *p == '=' ? p : ascii_skip_blanks(p, end);
	if (equals < end && *equals == '=')
		p = read_value(equals + 1, end, attribute);
	*at = p;
	return p != NULL;
}

bool
attribute_find(
    const char *at, const char *end, const char *name, const char **value, size_t *len)
{
	struct attribute attribute;
	size_t name_len = strlen(name);

	while (attribute_next(&at, end, &attribute)) {
		if (attribute.name_len != name_len ||
		    strncasecmp(attribute.name, name, name_len) != 0)
			continue;
		*value = attribute.value;
		*len = attribute.value_len;
		return true;
	}
	return false;
}

bool
attribute_find_exact(
    const char *at, const char *end, const char *name, const char **value, size_t *len)
{
	struct attribute attribute;
	size_t name_len = strlen(name);

	while (attribute_next(&at, end, &attribute)) {
		if (attribute.name_len != name_len ||
		    memcmp(attribute.name, name, name_len) != 0)
			continue;
		*value = attribute.value;
		*len = attribute.value_len;
		return true;
	}
	return false;
}

/* What follows the next ">", or the end. */
static const char *
skip_bogus(const char *p, const char *end)
{
	p = memchr(p, '>', (size_t)(end - p));
	return p == NULL ? end : p + 1;
}

/* What follows the comment whose text begins at p. */
static const char *
skip_comment(const char *p, const char *end)
{
	if (p < end && *p == '>')
		return p + 1;
	if (end - p >= 2 && p[0] == '-' && p[1] == '>')
		return p + 2;
	while ((p = memchr(p, '-', (size_t)(end - p))) != NULL) {
		const char *dashes = p;

		while (p < end && *p == '-')
			p++;
		if (p - dashes < 2)
			continue;
		if (p < end && *p == '!')
			p++;
		if (p < end && *p == '>')
			return p + 1;
	}
	return end;
}

/* What follows the next word, or the end. */
static const char *
skip_past(const char *p, const char *end, const char *word)
{
	size_t len = strlen(word);
	const char *found = memmem(p, (size_t)(end - p), word, len);

	return found == NULL ? end : found + len;
}

/* What follows the document type at p, which may have declarations in brackets. */
static const char *
skip_doctype(const char *p, const char *end)
{
	bool inside = false;

	for (; p < end && (inside || *p != '>'); p++) {
		if (*p == '"' || *p == '\'') {
			const char *close = memchr(p + 1, *p, (size_t)(end - p - 1));

			if (close == NULL)
				return end;
			p = close;
		} else if (end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
			p = skip_past(p + 4, end, "-->") - 1;
		} else if (*p == '[' || *p == ']') {
			inside = *p == '[';
		}
	}
	return p < end ? p + 1 : end;
}

/* What follows the declaration, comment or instruction of XML at p. */
static const char *
skip_of_xml(const char *p, const char *end)
{
	if (p[1] == '?')
		return skip_past(p + 2, end, "?>");
	if (end - p >= 4 && p[2] == '-' && p[3] == '-')
		return skip_past(p + 4, end, "-->");
	return skip_doctype(p, end);
}

/* A tag, whose name begins at p.  False: the page ends inside of it. */
static bool
read_tag(struct tokens *tokens, const char *p, enum token_kind kind, struct token *token)
{
	struct attribute attribute;
	const char *last;

	token->kind = kind;
	token->text = p;
	while (p < tokens->end && !ascii_ends_name(*p))
		p++;
	token->len = (size_t)(p - token->text);
	do {
		last = p;
	} while (attribute_next(&p, tokens->end, &attribute));
	if (p == NULL) {
		tokens->at = tokens->end;
		return false;
	}
	token->closed = p > last && p[-1] == '/';
	token->name = name_find(tokens->names, token->text, token->len);
	tokens->at = token->end = p + 1;
	return true;
}

static bool
read_text(struct tokens *tokens, const char *text, const char *end, const char *after,
    struct token *token)
{
	token->kind = TOKEN_TEXT;
	token->name = NAME_OTHER;
	token->text = text;
	token->len = (size_t)(end - text);
	tokens->at = token->end = after;
	return true;
}

/* What begins with "<!": true if that is a token, false if it was passed over. */
static bool
read_declaration(struct tokens *tokens, const char *p, bool cdata, struct token *token)
{
	static const char open[] = "<![CDATA[", doctype[] = "<!DOCTYPE";
	const char *end = tokens->end;
	size_t left = (size_t)(end - p);

	if (!tokens->xml && left >= 4 && p[2] == '-' && p[3] == '-') {
		tokens->at = skip_comment(p + 4, end);
		return false;
	}
	if (cdata && left >= 9 && memcmp(p, open, 9) == 0) {
		const char *close = memmem(p + 9, left - 9, "]]>", 3);

		return close == NULL ? read_text(tokens, p + 9, end, end, token)
				     : read_text(tokens, p + 9, close, close + 3, token);
	}
	tokens->at = tokens->xml ? skip_of_xml(p, end) : skip_bogus(p, end);
	if (tokens->xml || left < 9 || strncasecmp(p, doctype, 9) != 0)
		return false;
	token->kind = TOKEN_DOCTYPE;
	token->name = NAME_OTHER;
	token->text = p + 9;
	token->end = tokens->at;
	token->len = (size_t)(tokens->at - token->text);
	return true;
}

/* What follows the "<?" at p, which is an instruction of XML, or nothing. */
static const char *
skip_instruction(const struct tokens *tokens, const char *p)
{
	return tokens->xml ? skip_of_xml(p, tokens->end) : skip_bogus(p, tokens->end);
}

bool
token_next(struct tokens *tokens, bool cdata, struct token *token)
{
	while (tokens->at < tokens->end) {
		const char *p = tokens->at, *end = tokens->end, *next;
		char byte = end - p >= 2 ? p[1] : '\0';

		if (*p == '<' && ascii_is_letter(byte))
			return read_tag(tokens, p + 1, TOKEN_START, token);
		if (*p == '<' && byte == '/' && end - p >= 3) {
			if (ascii_is_letter(p[2]))
				return read_tag(tokens, p + 2, TOKEN_END, token);
			tokens->at = skip_bogus(p + 2, end);
			continue;
		}
		if (*p == '<' && byte == '!') {
			if (read_declaration(tokens, p, cdata, token))
				return true;
			continue;
		}
		if (*p == '<' && byte == '?') {
			tokens->at = skip_instruction(tokens, p);
			continue;
		}
		next = memchr(p + 1, '<', (size_t)(end - p - 1));
		next = next == NULL ? end : next;
		return read_text(tokens, p, next, next, token);
	}
	return false;
}

/* Does the name of an end tag stand at p, behind "</"? */
static bool
names_end(const char *p, const char *end, const char *name, size_t len)
{
	return (size_t)(end - p) > len && strncasecmp(p, name, len) == 0 &&
	    ascii_ends_name(p[len]);
}

/* Where raw text ends that begins at p. */
static const char *
end_of_raw(const char *p, const char *end, const char *name, size_t len)
{
	while ((p = memchr(p, '<', (size_t)(end - p))) != NULL) {
		if (end - p >= 2 && p[1] == '/' && names_end(p + 2, end, name, len))
			return p;
		p++;
	}
	return end;
}

/*
 * Where the text of a script ends.  After "<!--" a "<script" hides the next
 * "</script", until "-->"; the dashes of "<!--" may be those of "-->" too.
 */
static const char *
end_of_script(const char *p, const char *end)
{
	static const char name[] = "script";
	bool escaped = false, hidden = false;

	for (; p < end; p++) {
		if (*p == '-' && escaped && end - p >= 3 && p[1] == '-' && p[2] == '>') {
			escaped = hidden = false;
		} else if (*p != '<') {
			continue;
		} else if (!escaped && end - p >= 4 && memcmp(p, "<!--", 4) == 0) {
			escaped = true;
			p++; /* its dashes are looked at as those of "-->" */
		} else if (end - p >= 2 && p[1] == '/' &&
		    names_end(p + 2, end, name, 6)) {
			if (!hidden)
				return p;
			hidden = false;
		} else if (escaped && names_end(p + 1, end, name, 6)) {
			hidden = true;
		}
	}
	return end;
}

bool
token_is_raw(const struct token *start)
{
	switch (name_facts[start->name].rule) {
	case RULE_HEAD_RAW:
	case RULE_TEXTAREA:
	case RULE_XMP:
	case RULE_IFRAME:
	case RULE_NOEMBED:
	case RULE_PLAINTEXT:
		return true;
	default:
		return false;
	}
}

void
token_skip_raw(struct tokens *tokens, const struct token *start)
{
	struct token end;

	if (start->name == NAME_PLAINTEXT)
		tokens->at = tokens->end;
	else if (start->name == NAME_SCRIPT)
		tokens->at = end_of_script(tokens->at, tokens->end);
	else
		tokens->at = end_of_raw(tokens->at, tokens->end, start->text, start->len);
	if (tokens->at < tokens->end)
		token_next(tokens, false, &end);
}

/* What follows the character reference at p. */
static const char *
skip_reference(const char *p, const char *end)
{
	bool number = end - p >= 2 && p[1] == '#', hex;

	p += number ? 2 : 1;
	hex = number && p < end && ascii_lower(*p) == 'x';
	p += hex;
	while (p < end &&
	    ((*p >= '0' && *p <= '9') || (!number && ascii_is_letter(*p)) ||
		(hex && ascii_hex(*p) >= 0)))
		p++;
	return p < end && *p == ';' ? p + 1 : p;
}

/* Go past the character at p, or the reference to one; is it blank? */
static bool
take_blank(const char **p, const char *end)
{
	enum { LOOK = 16 };
	const char *at = *p;
	size_t left = (size_t)(end - at);
	char decoded[ENTITY_GROWTH * LOOK];

	if (*at != '&') {
		*p = at + 1;
		return ascii_is_blank(*at);
	}
	*p = skip_reference(at, end);
	/* The first character that a reference stands for tells. */
	left = entity_decode(decoded, at, left < LOOK ? left : LOOK, false);
	return left > 0 && ascii_is_blank(decoded[0]);
}

bool
token_is_blank(const char *text, size_t len)
{
	const char *p = text, *end = text + len;

	while (p < end)
		if (*p == '\0')
			p++;
		else if (!take_blank(&p, end))
			return false;
	return true;
}

bool
token_has_blank(const char *text, size_t len)
{
	const char *p = text, *end = text + len;

	while (p < end)
		if (take_blank(&p, end))
			return true;
	return false;
}

bool
attribute_has(const char *at, const char *end, const char *name, const char *value)
{
	const char *found;
	size_t len;

	return attribute_find(at, end, name, &found, &len) && len == strlen(value) &&
	    strncasecmp(found, value, len) == 0;
}
