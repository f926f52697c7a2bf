/* SPDX-License-Identifier: ISC */
/*
 * The insertion modes of templates, of what follows the body, and of
 * framesets: 13.2.6.4.16 to 21 of the HTML Standard.
 */
#include "format.h"
#include "mode.h"

/* The mode that an element asks for that begins the content of a template. */
static enum mode
mode_by_first(enum name name)
{
	switch ((int)name) {
	case NAME_CAPTION:
	case NAME_COLGROUP:
	case NAME_TBODY:
	case NAME_TFOOT:
	case NAME_THEAD:
		return MODE_IN_TABLE;
	case NAME_COL:
		return MODE_IN_COLGROUP;
	case NAME_TR:
		return MODE_IN_TBODY;
	case NAME_TD:
	case NAME_TH:
		return MODE_IN_ROW;
	default:
		return MODE_IN_BODY;
	}
}

bool
mode_in_template(struct build *build, const struct token *token)
{
	if (token->kind == TOKEN_TEXT)
		return mode_in_body(build, token);
	if (mode_take_of_head(build, token) || token->kind == TOKEN_END)
		return false;
	mode_pop_template(build);
	mode_push_template(build, mode_by_first(token->name));
	return true;
}

/* After </body> and after </html> too, which differ in nothing that matters here. */
bool
mode_after_body(struct build *build, const struct token *token)
{
	if (mode_is_blank(token))
		return mode_in_body(build, token);
	if ((token->kind == TOKEN_START || token->kind == TOKEN_END) &&
	    token->name == NAME_HTML)
		return false;
	return mode_switch(build, MODE_IN_BODY);
}

bool
mode_in_frameset(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;

	if (token->kind == TOKEN_START && token->name == NAME_NOFRAMES) {
		mode_take_raw(build, token);
	} else if (token->kind == TOKEN_START && token->name == NAME_FRAMESET) {
		tree_insert(tree, token, SPACE_HTML);
	} else if (token->kind == TOKEN_START && token->name == NAME_FRAME) {
		tree_insert_void(tree, token, SPACE_HTML);
	} else if (token->kind == TOKEN_END && token->name == NAME_FRAMESET &&
	    tree_depth(tree) > 1) {
		tree_pop(tree);
		if (!tree_at(tree, NAME_FRAMESET))
			build->mode = MODE_AFTER_FRAMESET;
	}
	return false;
}

bool
mode_after_frameset(struct build *build, const struct token *token)
{
	if (token->kind == TOKEN_START && token->name == NAME_NOFRAMES)
		mode_take_raw(build, token);
	else if (token->kind == TOKEN_END && token->name == NAME_HTML)
		build->mode = MODE_AFTER_AFTER_FRAMESET;
	else if (build->mode == MODE_AFTER_AFTER_FRAMESET && token->kind == TOKEN_TEXT &&
	    token_has_blank(token->text, token->len))
		tree_reconstruct(&build->tree); /* formatting goes on in blanks */
	return false;
}
