/* SPDX-License-Identifier: ISC */
#include "body_blocks.h"
#include "body_phrases.h"
#include "format.h"
#include "scope.h"

/* Is the body the second element on the stack? */
static bool
has_body(const struct tree *tree)
{
	return tree_depth(tree) > 1 &&
	    tree_node(tree, tree_open_at(tree, 1))->name == NAME_BODY;
}

/* One more <body> adds what the body has not: of links its background. */
static void
add_to_body(struct tree *tree, const struct token *token)
{
	static const char attribute[] = "background";
	struct node *body = tree_node(tree, tree_open_at(tree, 1));
	const char *value;
	size_t len;

	if (!tree->wanted[NAME_BODY] ||
	    !attribute_find(
		token->text + token->len, token->end, attribute, &value, &len))
		return;
	if (body->wanted &&
	    attribute_find(tree->page + body->text + body->name_len,
		tree->page + body->end, attribute, &value, &len))
		return;
	body->text = (uint32_t)(token->text - tree->page);
	body->end = (uint32_t)(token->end - tree->page);
	body->name_len = (unsigned char)token->len;
	body->wanted = true;
}

void
blocks_begin_body(struct build *build, const struct token *token)
{
	if (!has_body(&build->tree) || build->templates.len > 0)
		return;
	build->frameset_ok = false;
	add_to_body(&build->tree, token);
}

void
blocks_begin_frameset(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;

	if (!has_body(tree) || !build->frameset_ok)
		return;
	tree_detach(tree, tree_open_at(tree, 1));
	while (tree_depth(tree) > 1)
		tree_pop(tree);
	tree_insert(tree, token, SPACE_HTML);
	build->mode = MODE_IN_FRAMESET;
}

void
blocks_begin_form(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;
	bool in_template = tree->open[NAME_TEMPLATE] > 0;
	uint32_t id;

	if (build->form != 0 && !in_template)
		return;
	tree_end_p(tree);
	id = tree_insert(tree, token, SPACE_HTML);
	if (in_template || id == 0)
		return;
	build->form = id;
	tree_node(tree, id)->pinned = true;
}

void
blocks_end_form(struct build *build)
{
	struct tree *tree = &build->tree;
	uint32_t id = build->form;

	if (tree->open[NAME_TEMPLATE] > 0) {
		if (!tree_in_scope(tree, NAME_FORM))
			return;
		tree_imply_ends(tree, IS_IMPLIED, NAME_OTHER);
		tree_pop_until(tree, NAME_FORM);
		return;
	}
	build->form = 0;
	if (id == 0 || !tree_node_in_scope(tree, id))
		return;
	tree_imply_ends(tree, IS_IMPLIED, NAME_OTHER);
	tree_node(tree, id)->pinned = false;
	tree_unstack(tree, id);
}

/* li, dd and dt end the one before them. */
void
blocks_begin_item(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;
	bool li = token->name == NAME_LI;

	build->frameset_ok = false;
	for (size_t i = tree_depth(tree); i > 0; i--) {
		const struct node *node = tree_node(tree, tree_open_at(tree, i - 1));
		enum name name = node->name;

		if (node->space == SPACE_HTML &&
		    (li ? name == NAME_LI : name == NAME_DD || name == NAME_DT)) {
			tree_end(tree, name);
			break;
		}
		if (tree_is_special(node) &&
		    (node->space != SPACE_HTML ||
			(name != NAME_ADDRESS && name != NAME_DIV && name != NAME_P)))
			break;
	}
	tree_end_p(tree);
	tree_insert(tree, token, SPACE_HTML);
}

void
blocks_begin_heading(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;
	const struct node *node;

	tree_end_p(tree);
	node = tree_node(tree, tree_current(tree));
	if (node->space == SPACE_HTML && name_is_heading(node->name))
		tree_pop(tree);
	tree_insert(tree, token, SPACE_HTML);
}

void
blocks_begin_button(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;

	if (tree_in_scope(tree, NAME_BUTTON))
		tree_end(tree, NAME_BUTTON);
	tree_reconstruct(tree);
	tree_insert(tree, token, SPACE_HTML);
	build->frameset_ok = false;
}

void
blocks_begin_table(struct build *build, const struct token *token)
{
	if (!build->quirks)
		tree_end_p(&build->tree);
	tree_insert(&build->tree, token, SPACE_HTML);
	build->frameset_ok = false;
	build->mode = MODE_IN_TABLE;
}

/* What follows <plaintext> is text, which formatting goes on in. */
void
blocks_begin_plaintext(struct build *build, const struct token *token)
{
	struct tokens *tokens = &build->tokens;
	const struct token rest = { .kind = TOKEN_TEXT,
		.text = tokens->at,
		.len = (size_t)(tokens->end - tokens->at) };

	tree_end_p(&build->tree);
	tree_insert(&build->tree, token, SPACE_HTML);
	phrases_text(build, &rest);
	tokens->at = tokens->end;
}

void
blocks_begin_any(struct build *build, const struct token *token)
{
	tree_end_p(&build->tree);
	tree_insert(&build->tree, token, SPACE_HTML);
}

/* pre and listing. */
void
blocks_begin_pre(struct build *build, const struct token *token)
{
	blocks_begin_any(build, token);
	build->frameset_ok = false;
	build->skip_newline = true;
}

void
blocks_end_heading(struct tree *tree)
{
	struct node node;

	if (!tree_heading_in_scope(tree))
		return;
	tree_imply_ends(tree, IS_IMPLIED, NAME_OTHER);
	do {
		node = *tree_node(tree, tree_current(tree));
		tree_pop(tree);
	} while (node.space != SPACE_HTML || !name_is_heading(node.name));
}
