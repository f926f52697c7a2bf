/* SPDX-License-Identifier: ISC */
/* The insertion modes of tables, 13.2.6.4.9 to 15 of the HTML Standard. */
#include "format.h"
#include "mode.h"
#include "scope.h"

/* Where a part of a table stands, by its start tag. */
enum table_part {
	PART_NONE,
	PART_CAPTION,
	PART_COLGROUP,
	PART_COL,
	PART_TBODY, /* tbody, tfoot, thead */
	PART_TR,
	PART_CELL, /* td, th */
	PART_TABLE,
	PART_OUTSIDE /* body, html: their end tags are ignored */
};

static enum table_part
part_of(enum name name)
{
	switch ((int)name) {
	case NAME_CAPTION:
		return PART_CAPTION;
	case NAME_COLGROUP:
		return PART_COLGROUP;
	case NAME_COL:
		return PART_COL;
	case NAME_TBODY:
	case NAME_TFOOT:
	case NAME_THEAD:
		return PART_TBODY;
	case NAME_TR:
		return PART_TR;
	case NAME_TD:
	case NAME_TH:
		return PART_CELL;
	case NAME_TABLE:
		return PART_TABLE;
	case NAME_BODY:
	case NAME_HTML:
		return PART_OUTSIDE;
	default:
		return PART_NONE;
	}
}

/* Close all up to an element of one of those parts, or a template, or html. */
static void
clear_to(struct tree *tree, enum table_part part)
{
	for (;;) {
		const struct node *node = tree_node(tree, tree_current(tree));

		if (node->space == SPACE_HTML &&
		    (part_of(node->name) == part || node->name == NAME_TEMPLATE ||
			node->name == NAME_HTML))
			return;
		tree_pop(tree);
	}
}

/* As in the body, but what has no place in a table comes before it. */
static bool
take_outside(struct build *build, const struct token *token)
{
	bool again;

	build->tree.foster = true;
	again = mode_in_body(build, token);
	build->tree.foster = false;
	return again;
}

static void
text_in_table(struct build *build, const struct token *token)
{
	const struct tree *tree = &build->tree;
	const struct node *node = tree_node(tree, tree_current(tree));
	bool part = node->space == SPACE_HTML &&
	    (name_is(node->name, IS_TABLE_PART) || node->name == NAME_TEMPLATE);

	if (!part || !token_is_blank(token->text, token->len))
		take_outside(build, token);
}

static bool
end_table(struct build *build)
{
	if (!tree_in_table_scope(&build->tree, NAME_TABLE))
		return false;
	tree_pop_until(&build->tree, NAME_TABLE);
	mode_reset(build);
	return true;
}

static void
form_in_table(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;
	uint32_t id;

	if (tree->open[NAME_TEMPLATE] > 0 || build->form != 0)
		return;
	id = tree_insert(tree, token, SPACE_HTML);
	if (id == 0)
		return;
	build->form = id;
	tree_node(tree, id)->pinned = true;
	tree_pop(tree);
}

/* A start tag in a table that is none of its parts. */
static bool
begin_other(struct build *build, const struct token *token)
{
	if (token->name == NAME_STYLE || token->name == NAME_SCRIPT ||
	    token->name == NAME_TEMPLATE)
		return mode_in_head(build, token);
	if (token->name == NAME_INPUT && token_has(token, "type", "hidden")) {
		tree_insert_void(&build->tree, token, SPACE_HTML);
		return false;
	}
	if (token->name != NAME_FORM)
		return take_outside(build, token);
	form_in_table(build, token);
	return false;
}

/* A start tag of a part: inserted in the table, with those around it that lack. */
static bool
begin_part(struct build *build, const struct token *token, enum table_part part)
{
	struct tree *tree = &build->tree;

	clear_to(tree, PART_TABLE);
	if (part == PART_CAPTION) {
		tree_list_marker(tree);
		tree_insert(tree, token, SPACE_HTML);
		build->mode = MODE_IN_CAPTION;
	} else if (part == PART_COLGROUP) {
		tree_insert(tree, token, SPACE_HTML);
		build->mode = MODE_IN_COLGROUP;
	} else if (part == PART_COL) {
		tree_insert_implied(tree, NAME_COLGROUP);
		return mode_switch(build, MODE_IN_COLGROUP);
	} else if (part == PART_TBODY) {
		tree_insert(tree, token, SPACE_HTML);
		build->mode = MODE_IN_TBODY;
	} else {
		tree_insert_implied(tree, NAME_TBODY);
		return mode_switch(build, MODE_IN_TBODY);
	}
	return false;
}

bool
mode_in_table(struct build *build, const struct token *token)
{
	enum table_part part = part_of(token->name);

	if (token->kind == TOKEN_TEXT) {
		text_in_table(build, token);
		return false;
	}
	if (token->kind == TOKEN_START) {
		if (part == PART_TABLE)
			return end_table(build);
		if (part == PART_NONE || part == PART_OUTSIDE)
			return begin_other(build, token);
		return begin_part(build, token, part);
	}
	if (part == PART_TABLE)
		end_table(build);
	else if (token->name == NAME_TEMPLATE)
		return mode_in_head(build, token);
	else if (part == PART_NONE)
		return take_outside(build, token);
	return false;
}

/* Close the part of the table that is of mode, and go on in the one around it. */
static bool
close_part(struct build *build, enum table_part part, enum mode mode)
{
	clear_to(&build->tree, part);
	tree_pop(&build->tree);
	return mode_switch(build, mode);
}

static void
close_caption(struct build *build)
{
	struct tree *tree = &build->tree;

	tree_imply_ends(tree, IS_IMPLIED, NAME_OTHER);
	tree_pop_until(tree, NAME_CAPTION);
	tree_unlist_to_marker(tree);
	build->mode = MODE_IN_TABLE;
}

bool
mode_in_caption(struct build *build, const struct token *token)
{
	enum table_part part =
	    token->kind == TOKEN_TEXT ? PART_NONE : part_of(token->name);
	bool start = token->kind == TOKEN_START;

	if (part == PART_NONE || (start && (part == PART_OUTSIDE || part == PART_TABLE)))
		return mode_in_body(build, token);
	if (!start && part != PART_CAPTION && part != PART_TABLE)
		return false;
	if (!tree_in_table_scope(&build->tree, NAME_CAPTION))
		return false;
	close_caption(build);
	return start || part == PART_TABLE;
}

bool
mode_in_colgroup(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;
	bool start = token->kind == TOKEN_START, end = token->kind == TOKEN_END;

	if (token->kind == TOKEN_TEXT && token_is_blank(token->text, token->len))
		return false;
	if (start && token->name == NAME_HTML)
		return false;
	if ((start || end) && token->name == NAME_COL)
		return false; /* void, and no link */
	if ((start || end) && token->name == NAME_TEMPLATE)
		return mode_in_head(build, token);
	if (!tree_at(tree, NAME_COLGROUP))
		return false;
	tree_pop(tree);
	build->mode = MODE_IN_TABLE;
	return !end || token->name != NAME_COLGROUP;
}

static bool
tbody_in_scope(const struct tree *tree)
{
	return tree_in_table_scope(tree, NAME_TBODY) ||
	    tree_in_table_scope(tree, NAME_THEAD) ||
	    tree_in_table_scope(tree, NAME_TFOOT);
}

bool
mode_in_tbody(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;
	enum table_part part =
	    token->kind == TOKEN_TEXT ? PART_NONE : part_of(token->name);
	bool start = token->kind == TOKEN_START;

	if (part == PART_NONE || (start && (part == PART_OUTSIDE || part == PART_TABLE)))
		return mode_in_table(build, token);
	if (start && part == PART_TR) {
		clear_to(tree, PART_TBODY);
		tree_insert(tree, token, SPACE_HTML);
		build->mode = MODE_IN_ROW;
		return false;
	}
	if (start && part == PART_CELL) {
		clear_to(tree, PART_TBODY);
		tree_insert_implied(tree, NAME_TR);
		return mode_switch(build, MODE_IN_ROW);
	}
	if (!start && part == PART_TBODY) {
		if (tree_in_table_scope(tree, token->name))
			close_part(build, PART_TBODY, MODE_IN_TABLE);
		return false;
	}
	if (!start && part != PART_TABLE)
		return false;
	return tbody_in_scope(tree) && close_part(build, PART_TBODY, MODE_IN_TABLE);
}

bool
mode_in_row(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;
	enum table_part part =
	    token->kind == TOKEN_TEXT ? PART_NONE : part_of(token->name);
	bool start = token->kind == TOKEN_START;

	if (part == PART_NONE || (start && (part == PART_OUTSIDE || part == PART_TABLE)))
		return mode_in_table(build, token);
	if (start && part == PART_CELL) {
		clear_to(tree, PART_TR);
		tree_insert(tree, token, SPACE_HTML);
		build->mode = MODE_IN_CELL;
		tree_list_marker(tree);
		return false;
	}
	if (!start && part != PART_TR && part != PART_TABLE && part != PART_TBODY)
		return false;
	if (!start && part == PART_TBODY && !tree_in_table_scope(tree, token->name))
		return false;
	if (!tree_in_table_scope(tree, NAME_TR))
		return false;
	close_part(build, PART_TR, MODE_IN_TBODY);
	return start || part != PART_TR;
}

static void
close_cell(struct build *build, enum name name)
{
	struct tree *tree = &build->tree;

	tree_imply_ends(tree, IS_IMPLIED, NAME_OTHER);
	tree_pop_until(tree, name);
	tree_unlist_to_marker(tree);
	build->mode = MODE_IN_ROW;
}

/* Close whichever cell is open. */
static bool
close_any_cell(struct build *build)
{
	const struct tree *tree = &build->tree;

	if (tree_in_table_scope(tree, NAME_TD))
		close_cell(build, NAME_TD);
	else if (tree_in_table_scope(tree, NAME_TH))
		close_cell(build, NAME_TH);
	else
		return false;
	return true;
}

bool
mode_in_cell(struct build *build, const struct token *token)
{
	const struct tree *tree = &build->tree;
	enum table_part part =
	    token->kind == TOKEN_TEXT ? PART_NONE : part_of(token->name);

	if (part == PART_NONE)
		return mode_in_body(build, token);
	if (token->kind == TOKEN_START) {
		if (part == PART_OUTSIDE || part == PART_TABLE)
			return mode_in_body(build, token);
		return close_any_cell(build);
	}
	if (part == PART_CELL) {
		if (tree_in_table_scope(tree, token->name))
			close_cell(build, token->name);
		return false;
	}
	if (part != PART_TABLE && part != PART_TBODY && part != PART_TR)
		return false;
	return tree_in_table_scope(tree, token->name) && close_any_cell(build);
}
