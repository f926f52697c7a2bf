/* SPDX-License-Identifier: ISC */
/* The insertion mode "in body", 13.2.6.4.7 of the HTML Standard. */
#include "body_blocks.h"
#include "body_phrases.h"
#include "mode.h"
#include "scope.h"

/* A start tag that the head knows. */
static void
begin_of_head(struct build *build, const struct token *token)
{
	mode_take_of_head(build, token);
}

static void
ignore(struct build *build, const struct token *token)
{
	(void)build;
	(void)token;
}

/* What a start tag does, by the rule of its name. */
static void (*const begin[RULE_COUNT])(struct build *, const struct token *) = {
	[RULE_ANY] = phrases_begin_any,
	[RULE_IGNORED] = ignore,
	[RULE_HTML] = ignore,
	[RULE_BODY] = blocks_begin_body,
	[RULE_FRAMESET] = blocks_begin_frameset,
	[RULE_HEAD] = begin_of_head,
	[RULE_HEAD_RAW] = begin_of_head,
	[RULE_TEMPLATE] = begin_of_head,
	[RULE_BLOCK] = blocks_begin_any,
	[RULE_HEADING] = blocks_begin_heading,
	[RULE_PRE] = blocks_begin_pre,
	[RULE_FORM] = blocks_begin_form,
	[RULE_LI] = blocks_begin_item,
	[RULE_DD] = blocks_begin_item,
	[RULE_PLAINTEXT] = blocks_begin_plaintext,
	[RULE_BUTTON] = blocks_begin_button,
	[RULE_A] = phrases_begin_a,
	[RULE_FORMAT] = phrases_begin_format,
	[RULE_NOBR] = phrases_begin_nobr,
	[RULE_OBJECT] = phrases_begin_object,
	[RULE_TABLE] = blocks_begin_table,
	[RULE_VOID] = phrases_begin_void,
	[RULE_INPUT] = phrases_begin_input,
	[RULE_PARAM] = phrases_begin_param,
	[RULE_HR] = phrases_begin_hr,
	[RULE_IMAGE] = phrases_begin_image,
	[RULE_TEXTAREA] = phrases_begin_raw,
	[RULE_XMP] = phrases_begin_raw,
	[RULE_IFRAME] = phrases_begin_raw,
	[RULE_NOEMBED] = phrases_begin_raw,
	[RULE_SELECT] = phrases_begin_select,
	[RULE_OPTION] = phrases_begin_option,
	[RULE_OPTGROUP] = phrases_begin_option,
	[RULE_RUBY_BASE] = phrases_begin_ruby,
	[RULE_RUBY_TEXT] = phrases_begin_ruby,
	[RULE_MATH] = phrases_begin_math,
	[RULE_SVG] = phrases_begin_svg,
};

/* The end of the body, or of all; true: once more, behind it. */
static bool
end_body(struct build *build, const struct token *token)
{
	if (!tree_in_scope(&build->tree, NAME_BODY))
		return false;
	build->mode = MODE_AFTER_BODY;
	return token->name == NAME_HTML;
}

/* An end tag of a name whose rule says nothing of it. */
static void
end_other(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;

	if (token->name == NAME_P)
		tree_end_p(tree); /* one that it would make itself holds no links */
	else if (token->name == NAME_BR)
		phrases_end_br(build, token);
	else if (!name_is(token->name, ENDS_BLOCK))
		phrases_end_any(tree, token);
	else if (tree_in_scope(tree, token->name))
		tree_end(tree, token->name);
}

static bool
end(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;
	enum name name = token->name;

	switch (name_facts[name].rule) {
	case RULE_HTML:
	case RULE_BODY:
		return end_body(build, token);
	case RULE_TEMPLATE:
		mode_take_of_head(build, token);
		break;
	case RULE_FORM:
		blocks_end_form(build);
		break;
	case RULE_LI:
		if (tree_in_list_scope(tree, name))
			tree_end(tree, name);
		break;
	case RULE_DD:
		if (tree_in_scope(tree, name))
			tree_end(tree, name);
		break;
	case RULE_HEADING:
		blocks_end_heading(tree);
		break;
	case RULE_A:
	case RULE_FORMAT:
	case RULE_NOBR:
		phrases_end_format(tree, token);
		break;
	case RULE_OBJECT:
		phrases_end_object(tree, token);
		break;
	default:
		end_other(build, token);
	}
	return false;
}

bool
mode_in_body(struct build *build, const struct token *token)
{
	bool again = false;

	if (token->kind == TOKEN_TEXT)
		phrases_text(build, token);
	build->skip_newline = false;
	if (token->kind == TOKEN_START)
		begin[name_facts[token->name].rule](build, token);
	else if (token->kind == TOKEN_END)
		again = end(build, token);
	return again;
}
