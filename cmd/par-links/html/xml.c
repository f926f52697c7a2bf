/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "need.h"
#include "xml.h"

/* What a prefix means inside of an element; an empty one is that of names without one. */
struct namespace
{
	const char *prefix;
	size_t len;
	enum space space;
};

/* An element that is open. */
struct xml_open {
	const char *name; /* as it is written, with its prefix */
	size_t len;
	size_t before; /* so many namespaces were declared around it */
	bool template;
};

enum {
	NEAR = 64, /* end tags close one of so many elements, or none */
	NAMESPACES = 256, /* and prefixes are looked for among so many */
	NAME_MOST = 255 /* bytes of the name of an element that may hold links */
};

struct xml {
	struct bytes open, namespaces; /* struct xml_open, struct namespace */
	size_t templates; /* how many of the open ones are */
};

static size_t
open_count(const struct xml *xml)
{
	return xml->open.len / sizeof(struct xml_open);
}

static struct xml_open *
open_at(const struct xml *xml, size_t i)
{
	return (struct xml_open *)(void *)xml->open.data + i;
}

/* What the name of a namespace means to links. */
static enum space
space_of(const char *name, size_t len)
{
	static const struct {
		const char *name;
		enum space space;
	} known[] = { { "http://www.w3.org/1999/xhtml", SPACE_HTML },
		{ "http://www.w3.org/2000/svg", SPACE_SVG },
		{ "http://www.w3.org/1998/Math/MathML", SPACE_MATH } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (len == strlen(known[i].name) && memcmp(name, known[i].name, len) == 0)
			return known[i].space;
	return SPACE_OTHER;
}

/* Note the namespaces that a start tag declares. */
static void
declare(struct xml *xml, const struct token *tag)
{
	const char *at = tag->text + tag->len;
	struct attribute attribute;

	while (attribute_next(&at, tag->end, &attribute)) {
		struct namespace namespace = { .prefix = attribute.name + 5 };

		if (attribute.name_len < 5 || memcmp(attribute.name, "xmlns", 5) != 0)
			continue;
		if (attribute.name_len > 5 && attribute.name[5] != ':')
			continue;
		if (attribute.name_len > 5) {
			namespace.prefix++;
			namespace.len = attribute.name_len - 6;
		}
		namespace.space = space_of(attribute.value, attribute.value_len);
		need_put(&xml->namespaces, &namespace, sizeof(namespace));
	}
}

/* What a prefix means here. */
static enum space
space_of_prefix(const struct xml *xml, const char *prefix, size_t len)
{
	const struct namespace *all = (const void *)xml->namespaces.data;

	size_t count = xml->namespaces.len / sizeof(*all);
	size_t least = count > NAMESPACES ? count - NAMESPACES : 0;

	for (size_t i = count; i > least; i--)
		if (all[i - 1].len == len && memcmp(all[i - 1].prefix, prefix, len) == 0)
			return all[i - 1].space;
	return len == 0 ? SPACE_HTML : SPACE_OTHER;
}

/* Which element a tag is of: its name without prefix, as it is written. */
static enum name
name_of(const struct build *build, const char *name, size_t len)
{
	enum name found = name_find(&build->names, name, len);

	return found != NAME_OTHER && memcmp(name_facts[found].text, name, len) == 0
	    ? found
	    : NAME_OTHER;
}

static void
begin_element(struct build *build, struct xml *xml, struct token tag)
{
	struct xml_open open = {
		.name = tag.text, .len = tag.len, .before = xml->namespaces.len
	};
	const char *colon = memchr(tag.text, ':', tag.len);
	size_t prefix = colon == NULL ? 0 : (size_t)(colon - tag.text);
	enum space space;

	declare(xml, &tag);
	space = space_of_prefix(xml, tag.text, prefix);
	prefix += colon != NULL;
	tag.name = name_of(build, tag.text + prefix, tag.len - prefix);
	open.template = tag.name == NAME_TEMPLATE && space == SPACE_HTML;
	if (xml->templates == 0 && tag.len <= NAME_MOST) {
		build->has_base |= tag.name == NAME_BASE;
		tree_insert_void(&build->tree, &tag, space);
	}
	if (tag.closed) {
		xml->namespaces.len = open.before;
		return;
	}
	xml->templates += open.template;
	need_put(&xml->open, &open, sizeof(open));
}

/* Close the nearest element of that name, and all inside of it. */
static void
end_element(struct xml *xml, const struct token *tag)
{
	size_t count = open_count(xml), least = count > NEAR ? count - NEAR : 0,
	       i = count;

	while (i > least &&
	    (open_at(xml, i - 1)->len != tag->len ||
		memcmp(open_at(xml, i - 1)->name, tag->text, tag->len) != 0))
		i--;
	if (i == least)
		return;
	xml->namespaces.len = open_at(xml, i - 1)->before;
	for (; count >= i; count--)
		xml->templates -= open_at(xml, count - 1)->template;
	xml->open.len = count * sizeof(struct xml_open);
}

void
build_xml(struct build *build, const char *page, size_t len, const bool *wanted)
{
	struct xml xml = { 0 };
	struct token token;

	build_begin(build, page, len, wanted);
	build->tokens.xml = true;
	while (token_next(&build->tokens, true, &token))
		if (token.kind == TOKEN_START)
			begin_element(build, &xml, token);
		else if (token.kind == TOKEN_END)
			end_element(&xml, &token);
	bytes_free(&xml.open);
	bytes_free(&xml.namespaces);
}
