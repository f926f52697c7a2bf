/* SPDX-License-Identifier: ISC */
/* The insertion modes up to the body, 13.2.6.4.1 to 6 of the HTML Standard. */
#include "format.h"
#include "mode.h"
#include "quirks.h"
#include "scope.h"

static void
begin_template(struct build *build, const struct token *token)
{
	tree_insert(&build->tree, token, SPACE_HTML);
	tree_list_marker(&build->tree);
	build->frameset_ok = false;
	mode_push_template(build, MODE_IN_TEMPLATE);
}

static void
end_template(struct build *build)
{
	struct tree *tree = &build->tree;

	if (tree->open[NAME_TEMPLATE] == 0)
		return;
	tree_imply_ends(tree, IS_IMPLIED | IS_IMPLIED_ALL, NAME_OTHER);
	tree_pop_until(tree, NAME_TEMPLATE);
	tree_unlist_to_marker(tree);
	mode_pop_template(build);
	mode_reset(build);
}

/* Is it an end tag that acts as a start tag where there is no body? */
static bool
ends_before_body(const struct token *token)
{
	return token->name == NAME_BODY || token->name == NAME_HTML ||
	    token->name == NAME_BR;
}

bool
mode_take_of_head(struct build *build, const struct token *token)
{
	unsigned char rule = name_facts[token->name].rule;

	if (token->kind == TOKEN_END) {
		if (rule == RULE_TEMPLATE)
			end_template(build);
		return rule == RULE_TEMPLATE;
	}
	if (rule == RULE_HEAD)
		tree_insert_void(&build->tree, token, SPACE_HTML);
	else if (rule == RULE_HEAD_RAW)
		mode_take_raw(build, token);
	else if (rule == RULE_TEMPLATE)
		begin_template(build, token);
	return rule == RULE_HEAD || rule == RULE_HEAD_RAW || rule == RULE_TEMPLATE;
}

bool
mode_in_head(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;

	if (mode_is_blank(token) ||
	    (token->kind != TOKEN_TEXT && mode_take_of_head(build, token)))
		return false;
	if (token->kind == TOKEN_START) {
		if (token->name == NAME_HTML || token->name == NAME_HEAD)
			return false;
		if (token->name == NAME_NOSCRIPT) {
			tree_insert(tree, token, SPACE_HTML);
			build->mode = MODE_IN_NOSCRIPT;
			return false;
		}
	} else if (token->kind == TOKEN_END && !ends_before_body(token)) {
		if (token->name == NAME_HEAD) {
			tree_pop(tree);
			build->mode = MODE_AFTER_HEAD;
		}
		return false;
	}
	tree_pop(tree);
	return mode_switch(build, MODE_AFTER_HEAD);
}

bool
mode_in_noscript(struct build *build, const struct token *token)
{
	if (mode_is_blank(token))
		return false;
	if (token->kind == TOKEN_END && token->name == NAME_NOSCRIPT) {
		tree_pop(&build->tree);
		build->mode = MODE_IN_HEAD;
		return false;
	}
	if (token->kind == TOKEN_END && token->name != NAME_BR)
		return false;
	if (token->kind == TOKEN_START) {
		unsigned char rule = name_facts[token->name].rule;

		if (token->name == NAME_HTML || token->name == NAME_HEAD ||
		    token->name == NAME_NOSCRIPT)
			return false;
		if ((rule == RULE_HEAD && token->name != NAME_BASE) ||
		    token->name == NAME_NOFRAMES || token->name == NAME_STYLE)
			return mode_in_head(build, token);
	}
	tree_pop(&build->tree);
	return mode_switch(build, MODE_IN_HEAD);
}

bool
mode_initial(struct build *build, const struct token *token)
{
	if (mode_is_blank(token))
		return false;
	build->mode = MODE_BEFORE_HTML;
	build->quirks =
	    token->kind != TOKEN_DOCTYPE || quirks_of_doctype(token->text, token->len);
	return token->kind != TOKEN_DOCTYPE;
}

bool
mode_before_html(struct build *build, const struct token *token)
{
	if (mode_is_blank(token) ||
	    (token->kind == TOKEN_END && token->name != NAME_HEAD &&
		!ends_before_body(token)))
		return false;
	build->mode = MODE_BEFORE_HEAD;
	if (token->kind == TOKEN_START && token->name == NAME_HTML) {
		tree_insert(&build->tree, token, SPACE_HTML);
		return false;
	}
	tree_insert_implied(&build->tree, NAME_HTML);
	return true;
}

bool
mode_before_head(struct build *build, const struct token *token)
{
	bool start = token->kind == TOKEN_START;

	if (mode_is_blank(token) || (start && token->name == NAME_HTML) ||
	    (token->kind == TOKEN_END && token->name != NAME_HEAD &&
		!ends_before_body(token)))
		return false;
	start = start && token->name == NAME_HEAD;
	build->head = start ? tree_insert(&build->tree, token, SPACE_HTML)
			    : tree_insert_implied(&build->tree, NAME_HEAD);
	tree_node(&build->tree, build->head)->pinned = true;
	build->has_head = true;
	build->mode = MODE_IN_HEAD;
	return !start;
}

/* What is of the head, behind it: into it. */
static void
back_in_head(struct build *build, const struct token *token)
{
	tree_stack(&build->tree, build->head);
	mode_in_head(build, token);
	tree_unstack(&build->tree, build->head);
}

bool
mode_after_head(struct build *build, const struct token *token)
{
	unsigned char rule = name_facts[token->name].rule;

	if (mode_is_blank(token))
		return false;
	if (token->kind == TOKEN_END) {
		if (rule == RULE_TEMPLATE)
			end_template(build);
		if (!ends_before_body(token))
			return false;
	} else if (token->kind == TOKEN_START) {
		if (token->name == NAME_HTML || token->name == NAME_HEAD)
			return false;
		if (rule == RULE_HEAD || rule == RULE_HEAD_RAW || rule == RULE_TEMPLATE) {
			back_in_head(build, token);
			return false;
		}
		if (token->name == NAME_BODY || token->name == NAME_FRAMESET) {
			tree_insert(&build->tree, token, SPACE_HTML);
			build->frameset_ok &= token->name == NAME_FRAMESET;
			build->mode =
			    token->name == NAME_BODY ? MODE_IN_BODY : MODE_IN_FRAMESET;
			return false;
		}
	}
	tree_insert_implied(&build->tree, NAME_BODY);
	return mode_switch(build, MODE_IN_BODY);
}
