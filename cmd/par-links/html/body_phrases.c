/* SPDX-License-Identifier: ISC */
#include "body_phrases.h"
#include "format.h"
#include "scope.h"

void
phrases_text(struct build *build, const struct token *token)
{
	const char *p = token->text, *end = p + token->len;

	if (build->skip_newline && p < end && *p == '\r')
		p++;
	if (build->skip_newline && p < end && *p == '\n')
		p++;
	while (p < end && *p == '\0')
		p++;
	if (p == end)
		return;
	tree_reconstruct(&build->tree);
	if (build->frameset_ok && !token_is_blank(p, (size_t)(end - p)))
		build->frameset_ok = false;
}

void
phrases_begin_any(struct build *build, const struct token *token)
{
	tree_reconstruct(&build->tree);
	tree_insert(&build->tree, token, SPACE_HTML);
}

void
phrases_end_any(struct tree *tree, const struct token *token)
{
	for (size_t i = tree_depth(tree); i > 0; i--) {
		const struct node *node = tree_node(tree, tree_open_at(tree, i - 1));

		if (node->space == SPACE_HTML && tree_same_name(tree, node, token)) {
			/* Those implied are among those above it, all of which go. */
			while (tree_depth(tree) >= i)
				tree_pop(tree);
			return;
		}
		if (tree_is_special(node))
			return;
	}
}

void
phrases_end_format(struct tree *tree, const struct token *token)
{
	if (!tree_adopt(tree, token->name))
		phrases_end_any(tree, token);
}

void
phrases_begin_format(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;

	tree_reconstruct(tree);
	tree_list(tree, tree_insert(tree, token, SPACE_HTML));
}

void
phrases_begin_a(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;
	uint32_t id = tree_listed(tree, NAME_A);

	if (id != 0) {
		phrases_end_format(tree, token);
		/* It may be there still, as may its place on the stack. */
		if (tree_node(tree, id)->listed)
			tree_unlist(tree, id);
		if (tree_node(tree, id)->open)
			tree_unstack(tree, id);
	}
	phrases_begin_format(build, token);
}

void
phrases_begin_nobr(struct build *build, const struct token *token)
{
	tree_reconstruct(&build->tree);
	if (tree_in_scope(&build->tree, NAME_NOBR))
		phrases_end_format(&build->tree, token);
	phrases_begin_format(build, token);
}

void
phrases_begin_object(struct build *build, const struct token *token)
{
	tree_reconstruct(&build->tree);
	if (tree_insert(&build->tree, token, SPACE_HTML) != 0)
		tree_list_marker(&build->tree);
	build->frameset_ok = false;
}

void
phrases_end_object(struct tree *tree, const struct token *token)
{
	if (!tree_in_scope(tree, token->name))
		return;
	tree_end(tree, token->name);
	tree_unlist_to_marker(tree);
}

void
phrases_begin_void(struct build *build, const struct token *token)
{
	tree_reconstruct(&build->tree);
	tree_insert_void(&build->tree, token, SPACE_HTML);
	build->frameset_ok = false;
}

/* <image> is <img>. */
void
phrases_begin_image(struct build *build, const struct token *token)
{
	struct token img = *token;

	img.name = NAME_IMG;
	phrases_begin_void(build, &img);
}

/* </br> is <br>. */
void
phrases_end_br(struct build *build, const struct token *token)
{
	struct token br = *token;

	br.kind = TOKEN_START;
	phrases_begin_void(build, &br);
}

void
phrases_begin_param(struct build *build, const struct token *token)
{
	tree_insert_void(&build->tree, token, SPACE_HTML);
}

void
phrases_begin_raw(struct build *build, const struct token *token)
{
	if (token->name == NAME_XMP) {
		tree_end_p(&build->tree);
		tree_reconstruct(&build->tree);
	}
	if (token->name != NAME_NOEMBED)
		build->frameset_ok = false;
	mode_take_raw(build, token);
}

void
phrases_begin_ruby(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;
	bool text = name_facts[token->name].rule == RULE_RUBY_TEXT;

	if (tree_in_scope(tree, NAME_RUBY))
		tree_imply_ends(tree, IS_IMPLIED, text ? NAME_RTC : NAME_OTHER);
	tree_insert(tree, token, SPACE_HTML);
}

static void
begin_space(struct tree *tree, const struct token *token, enum space space)
{
	tree_reconstruct(tree);
	if (token->closed)
		tree_insert_void(tree, token, space);
	else
		tree_insert(tree, token, space);
}

void
phrases_begin_math(struct build *build, const struct token *token)
{
	begin_space(&build->tree, token, SPACE_MATH);
}

void
phrases_begin_svg(struct build *build, const struct token *token)
{
	begin_space(&build->tree, token, SPACE_SVG);
}

void
phrases_begin_input(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;

	if (tree_in_scope(tree, NAME_SELECT))
		tree_pop_until(tree, NAME_SELECT);
	tree_reconstruct(tree);
	tree_insert_void(tree, token, SPACE_HTML);
	if (!token_has(token, "type", "hidden"))
		build->frameset_ok = false;
}

void
phrases_begin_select(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;

	if (tree_in_scope(tree, NAME_SELECT)) {
		tree_pop_until(tree, NAME_SELECT);
		return;
	}
	phrases_begin_any(build, token);
	build->frameset_ok = false;
}

/* option and optgroup. */
void
phrases_begin_option(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;

	if (tree_in_scope(tree, NAME_SELECT))
		tree_imply_ends(tree, IS_IMPLIED,
		    token->name == NAME_OPTION ? NAME_OPTGROUP : NAME_OTHER);
	else if (tree_at(tree, NAME_OPTION))
		tree_pop(tree);
	phrases_begin_any(build, token);
}

void
phrases_begin_hr(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;

	tree_end_p(tree);
	if (tree_in_scope(tree, NAME_SELECT))
		tree_imply_ends(tree, IS_IMPLIED, NAME_OTHER);
	tree_insert_void(tree, token, SPACE_HTML);
	build->frameset_ok = false;
}
