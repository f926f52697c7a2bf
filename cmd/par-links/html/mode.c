/* SPDX-License-Identifier: ISC */
#include "mode.h"
#include "need.h"

/* The mode that an open element asks for; false if it asks for none. */
static bool
mode_of(const struct build *build, const struct node *node, enum mode *mode)
{
	const struct bytes *templates = &build->templates;

	if (node->space != SPACE_HTML)
		return false;
	switch ((int)node->name) {
	case NAME_TD:
	case NAME_TH:
		*mode = MODE_IN_CELL;
		return true;
	case NAME_TR:
		*mode = MODE_IN_ROW;
		return true;
	case NAME_TBODY:
	case NAME_THEAD:
	case NAME_TFOOT:
		*mode = MODE_IN_TBODY;
		return true;
	case NAME_CAPTION:
		*mode = MODE_IN_CAPTION;
		return true;
	case NAME_COLGROUP:
		*mode = MODE_IN_COLGROUP;
		return true;
	case NAME_TABLE:
		*mode = MODE_IN_TABLE;
		return true;
	case NAME_TEMPLATE:
		*mode = (enum mode)templates->data[templates->len - 1];
		return true;
	case NAME_HEAD:
		*mode = MODE_IN_HEAD;
		return true;
	case NAME_BODY:
		*mode = MODE_IN_BODY;
		return true;
	case NAME_FRAMESET:
		*mode = MODE_IN_FRAMESET;
		return true;
	case NAME_HTML:
		*mode = build->has_head ? MODE_AFTER_HEAD : MODE_BEFORE_HEAD;
		return true;
	default:
		return false;
	}
}

void
mode_reset(struct build *build)
{
	const struct tree *tree = &build->tree;

	for (size_t i = tree_depth(tree); i > 0; i--)
		if (mode_of(
			build, tree_node(tree, tree_open_at(tree, i - 1)), &build->mode))
			return;
}

void
mode_push_template(struct build *build, enum mode mode)
{
	build->mode = mode;
	*need_room(&build->templates, 1) = (char)mode;
	build->templates.len++;
}

void
mode_pop_template(struct build *build)
{
	build->templates.len--;
}

void
mode_take_raw(struct build *build, const struct token *start)
{
	tree_insert_void(&build->tree, start, SPACE_HTML);
	token_skip_raw(&build->tokens, start);
}

bool
mode_is_blank(const struct token *token)
{
	return token->kind == TOKEN_TEXT && token_is_blank(token->text, token->len);
}
