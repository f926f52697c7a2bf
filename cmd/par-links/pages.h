/* SPDX-License-Identifier: ISC */
/*
 * pages - the work on pages: what is kept from one to the next, and what is known of the
 * one at work on.
 */
#ifndef PAR_LINKS_PAGES_H
#define PAR_LINKS_PAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "build.h"
#include "bytes.h"
#include "charset.h"
#include "choice.h"
#include "link.h"
#include "token.h"

/* All zero but for choice and sink to begin with. */
struct pages {
	const struct choice *choice;
	struct sink *sink;
	struct build build;
	struct bytes body, unpacked, decoded, bytes, value, text, rel, document, base,
	    header;
	char why[PATTERN_WHY];

	/* Of the page at work on: */
	const char *data; /* its body */
	size_t len;
	bool html, xml; /* xml: it is XHTML */
	bool markup; /* it has character references */
	const struct charset *charset; /* what data is in */
};

/* A start tag; it points into the page, and is not decoded. */
struct tag {
	const char *name; /* lowercase, without a prefix */
	bool foreign; /* of SVG or MathML */
	bool exact; /* of XML: the names of its attributes are as they are written */
	const char *attributes, *end; /* what follows its name, and it */
};

/* The tag of a node of the tree. */
static inline struct tag
pages_tag(const struct pages *pages, uint32_t id)
{
	const struct node *node = tree_node(&pages->build.tree, id);

	return (struct tag){ .name = name_facts[node->name].text,
		.foreign = node->space != SPACE_HTML,
		.exact = pages->xml,
		.attributes = pages->data + node->text + node->name_len,
		.end = pages->data + node->end };
}

/* The value of the first attribute of a tag called name; false if there is none. */
static inline bool
tag_value(const struct tag *tag, const char *name, const char **value, size_t *len)
{
	return tag->exact
	    ? attribute_find_exact(tag->attributes, tag->end, name, value, len)
	    : attribute_find(tag->attributes, tag->end, name, value, len);
}

/* Has a tag an attribute of that value, in letters of any case? */
static inline bool
tag_has(const struct tag *tag, const char *name, const char *wanted)
{
	return attribute_has(tag->attributes, tag->end, name, wanted);
}

#endif
