/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "need.h"
#include "page_base.h"
#include "page_text.h"
#include "url.h"

void
pages_use_document(struct pages *pages, const struct field *url)
{
	struct sink *sink = pages->sink;
	char *text = need_anew(&pages->value, url->len), *to;
	size_t len = field_unescape(text, url->data, url->len);

	len = url_clean(text, text, len);
	to = need_anew(&pages->document, url_room(len, NULL));
	sink->has_document = link_url(&sink->document, to, text, len, NULL);
	sink->has_base = sink->has_document;
	sink->base = sink->document;
}

/* The value of the first <base href>, wherever it stands. */
static bool
find_base(const struct pages *pages, const char **value, size_t *len)
{
	const struct tree *tree = &pages->build.tree;
	uint32_t id = 0;

	while ((id = tree_next_wanted(tree, id)) != 0) {
		const struct node *node = tree_node(tree, id);
		struct tag tag = pages_tag(pages, id);

		if (node->name == NAME_BASE && !tag.foreign &&
		    tag_value(&tag, "href", value, len))
			return true;
	}
	return false;
}

void
pages_use_base_element(struct pages *pages)
{
	struct sink *sink = pages->sink;
	const struct url *document = sink->has_document ? &sink->document : NULL;
	const char *data;
	size_t len;
	struct field value;
	struct url url;
	char *to;

	if (!find_base(pages, &data, &len))
		return;
	value = pages_decode(pages, &pages->value, data, len);
	to = need_anew(&pages->text, value.len);
	value.len = url_clean(to, value.data, value.len);
	to = need_anew(&pages->base, url_room(value.len, document));
	if (!link_url(&url, to, pages->text.data, value.len, document) ||
	    strncmp(to, "data:", 5) == 0 || strncmp(to, "javascript:", 11) == 0)
		return;
	sink->base = url;
	sink->has_base = true;
}
