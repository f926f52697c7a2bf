/* SPDX-License-Identifier: ISC */
#include "scope.h"

/* Of SVG and MathML, what holds HTML or text of it. */
static bool
is_foreign_special(const struct node *node)
{
	if (node->space == SPACE_SVG)
		return name_is(node->name, IS_SVG_POINT);
	return name_is(node->name, IS_MATH_POINT) || node->name == NAME_ANNOTATION_XML;
}

bool
tree_is_special(const struct node *node)
{
	if (node->space != SPACE_HTML)
		return is_foreign_special(node);
	return name_is(node->name, IS_SPECIAL);
}

/* Does a node bound a scope?  flags is IS_SCOPE or IS_TABLE_SCOPE. */
static bool
bounds(const struct node *node, unsigned flags)
{
	if (node->space == SPACE_HTML)
		return name_is(node->name, flags);
	return flags == IS_SCOPE && is_foreign_special(node);
}

/* In scope, where elements called more and most bound it too. */
static bool
in_scope(const struct tree *tree, enum name name, unsigned flags, enum name more,
    enum name most)
{
	if (tree->open[name] == 0)
		return false;
	for (size_t i = tree_depth(tree); i > 0; i--) {
		const struct node *node = tree_node(tree, tree_open_at(tree, i - 1));
		bool html = node->space == SPACE_HTML;

		if (html && node->name == name)
			return true;
		if (bounds(node, flags) ||
		    (html && more != NAME_OTHER &&
			(node->name == more || node->name == most)))
			return false;
	}
	return false;
}

bool
tree_in_scope(const struct tree *tree, enum name name)
{
	return in_scope(tree, name, IS_SCOPE, NAME_OTHER, NAME_OTHER);
}

bool
tree_in_table_scope(const struct tree *tree, enum name name)
{
	return in_scope(tree, name, IS_TABLE_SCOPE, NAME_OTHER, NAME_OTHER);
}

bool
tree_in_button_scope(const struct tree *tree, enum name name)
{
	return in_scope(tree, name, IS_SCOPE, NAME_BUTTON, NAME_BUTTON);
}

bool
tree_in_list_scope(const struct tree *tree, enum name name)
{
	return in_scope(tree, name, IS_SCOPE, NAME_OL, NAME_UL);
}

bool
tree_heading_in_scope(const struct tree *tree)
{
	for (enum name name = NAME_H1; name <= NAME_H6; name++)
		if (tree_in_scope(tree, name))
			return true;
	return false;
}

bool
tree_node_in_scope(const struct tree *tree, uint32_t id)
{
	size_t i = tree_node(tree, id)->open ? tree_depth(tree) : 0;

	for (; i > 0; i--) {
		uint32_t open = tree_open_at(tree, i - 1);

		if (open == id)
			return true;
		if (bounds(tree_node(tree, open), IS_SCOPE))
			return false;
	}
	return false;
}

void
tree_imply_ends(struct tree *tree, unsigned flags, enum name but)
{
	for (;;) {
		const struct node *node = tree_node(tree, tree_current(tree));

		if (node->space != SPACE_HTML || !name_is(node->name, flags) ||
		    node->name == but)
			return;
		tree_pop(tree);
	}
}

void
tree_end(struct tree *tree, enum name name)
{
	tree_imply_ends(tree, IS_IMPLIED, name);
	tree_pop_until(tree, name);
}

void
tree_end_p(struct tree *tree)
{
	if (tree_in_button_scope(tree, NAME_P))
		tree_end(tree, NAME_P);
}
