/* SPDX-License-Identifier: ISC */
#include "foreign.h"

/* Is a token that stands in a node of SVG or MathML to be taken as in HTML? */
static bool
is_html_inside(const struct node *node, const struct token *token)
{
	bool start = token->kind == TOKEN_START;

	if (token->kind == TOKEN_END)
		return false;
	if (node->space == SPACE_SVG)
		return name_is(node->name, IS_SVG_POINT);
	if (name_is(node->name, IS_MATH_POINT))
		return !start ||
		    (token->name != NAME_MGLYPH && token->name != NAME_MALIGNMARK);
	if (node->name != NAME_ANNOTATION_XML)
		return false;
	return node->point || (start && token->name == NAME_SVG);
}

/* Does an <annotation-xml> hold HTML? */
static bool
is_html_annotation(const struct token *tag)
{
	return token_has(tag, "encoding", "text/html") ||
	    token_has(tag, "encoding", "application/xhtml+xml");
}

/* Does a tag end SVG and MathML? */
static bool
breaks_out(const struct token *tag)
{
	static const char *const of_html[] = { "color", "face", "size" };
	const char *value;
	size_t len;

	if (tag->kind == TOKEN_END)
		return tag->name == NAME_BR || tag->name == NAME_P;
	if (tag->name != NAME_FONT)
		return name_is(tag->name, BREAKS_OUT);
	for (size_t i = 0; i < sizeof(of_html) / sizeof(of_html[0]); i++)
		if (attribute_find(
			tag->text + tag->len, tag->end, of_html[i], &value, &len))
			return true;
	return false;
}

/* Close what is of SVG and MathML, up to what is of HTML or holds it. */
static void
break_out(struct tree *tree)
{
	for (;;) {
		const struct node *node = tree_node(tree, tree_current(tree));

		if (node->space == SPACE_HTML ||
		    (node->space == SPACE_SVG && name_is(node->name, IS_SVG_POINT)) ||
		    (node->space == SPACE_MATH &&
			(name_is(node->name, IS_MATH_POINT) || node->point)))
			return;
		tree_pop(tree);
	}
}

/* A start tag in SVG or MathML that is of them. */
static void
begin_foreign(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;
	enum space space = tree_node(tree, tree_current(tree))->space;
	bool point = space == SPACE_MATH && token->name == NAME_ANNOTATION_XML &&
	    is_html_annotation(token);
	uint32_t id;

	if (token->closed) {
		tree_insert_void(tree, token, space);
		return;
	}
	id = tree_insert(tree, token, space);
	tree_node(tree, id)->point = point && id != 0;
}

/* An end tag in SVG or MathML.  True: it is one of HTML around them. */
static bool
end_foreign(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;

	for (size_t i = tree_depth(tree); i > 1; i--) {
		const struct node *node = tree_node(tree, tree_open_at(tree, i - 1));

		if (node->space == SPACE_HTML)
			return true;
		if (!tree_same_name(tree, node, token))
			continue;
		while (tree_depth(tree) >= i)
			tree_pop(tree);
		return false;
	}
	return false;
}

bool
foreign_take(struct build *build, const struct token *token)
{
	const struct tree *tree = &build->tree;

	if (is_html_inside(tree_node(tree, tree_current(tree)), token))
		return false;
	if (token->kind == TOKEN_TEXT) {
		if (build->frameset_ok && !mode_is_blank(token))
			build->frameset_ok = false;
	} else if (breaks_out(token)) {
		break_out(&build->tree);
		return false;
	} else if (token->kind == TOKEN_START) {
		begin_foreign(build, token);
	} else if (token->kind == TOKEN_END) {
		return !end_foreign(build, token);
	}
	return true;
}
