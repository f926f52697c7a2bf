/* SPDX-License-Identifier: ISC */
/* The insertion mode "in body", 13.2.6.4.7 of the HTML Standard. */
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "build.h"

/* Close a paragraph, which is open. */
static void
close_p(struct tree *tree)
{
	tree_imply_ends(tree, IS_IMPLIED, NAME_P);
	tree_pop_until(tree, NAME_P);
}

static void
close_p_in_scope(struct tree *tree)
{
	if (tree_in_button_scope(tree, NAME_P))
		close_p(tree);
}

static void
text_in_body(struct build *build, const struct token *token)
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

static void
begin_frameset(struct build *build, const struct token *token)
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

static void
begin_form(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;
	bool in_template = tree->open[NAME_TEMPLATE] > 0;
	uint32_t id;

	if (build->form != 0 && !in_template)
		return;
	close_p_in_scope(tree);
	id = tree_insert(tree, token, SPACE_HTML);
	if (in_template || id == 0)
		return;
	build->form = id;
	tree_node(tree, id)->kept = true;
}

static void
end_form(struct build *build)
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
	tree_node(tree, id)->kept = false;
	tree_unstack(tree, id);
}

/* li, dd and dt end the one before them. */
static void
begin_item(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;
	bool li = token->name == NAME_LI;

	build->frameset_ok = false;
	for (size_t i = tree_depth(tree); i > 0; i--) {
		const struct node *node = tree_node(tree, tree_open_at(tree, i - 1));
		enum name name = node->name;

		if (node->space == SPACE_HTML &&
		    (li ? name == NAME_LI : name == NAME_DD || name == NAME_DT)) {
			tree_imply_ends(tree, IS_IMPLIED, name);
			tree_pop_until(tree, name);
			break;
		}
		if (tree_is_special(node) &&
		    (node->space != SPACE_HTML ||
			(name != NAME_ADDRESS && name != NAME_DIV && name != NAME_P)))
			break;
	}
	close_p_in_scope(tree);
	tree_insert(tree, token, SPACE_HTML);
}

static void
begin_heading(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;
	const struct node *node;

	close_p_in_scope(tree);
	node = tree_node(tree, tree_current(tree));
	if (node->space == SPACE_HTML && name_is_heading(node->name))
		tree_pop(tree);
	tree_insert(tree, token, SPACE_HTML);
}

/* Close elements up to one of that name, with those whose end is implied. */
static void
close_element(struct tree *tree, enum name name)
{
	tree_imply_ends(tree, IS_IMPLIED, name);
	tree_pop_until(tree, name);
}

/* An end tag that no rule is about. */
static void
end_any(struct tree *tree, const struct token *token)
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

static void
end_format(struct tree *tree, const struct token *token)
{
	if (!tree_adopt(tree, token->name))
		end_any(tree, token);
}

static void
begin_format(struct tree *tree, const struct token *token)
{
	tree_reconstruct(tree);
	tree_list(tree, tree_insert(tree, token, SPACE_HTML));
}

static void
begin_a(struct tree *tree, const struct token *token)
{
	uint32_t id = tree_listed(tree, NAME_A);

	if (id != 0) {
		end_format(tree, token);
		/* It may be there still, as may its place on the stack. */
		if (tree_node(tree, id)->listed)
			tree_unlist(tree, id);
		if (tree_node(tree, id)->open)
			tree_unstack(tree, id);
	}
	begin_format(tree, token);
}

static void
begin_nobr(struct tree *tree, const struct token *token)
{
	tree_reconstruct(tree);
	if (tree_in_scope(tree, NAME_NOBR))
		end_format(tree, token);
	begin_format(tree, token);
}

static void
begin_button(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;

	if (tree_in_scope(tree, NAME_BUTTON))
		close_element(tree, NAME_BUTTON);
	tree_reconstruct(tree);
	tree_insert(tree, token, SPACE_HTML);
	build->frameset_ok = false;
}

static void
begin_table(struct build *build, const struct token *token)
{
	if (!build->quirks)
		close_p_in_scope(&build->tree);
	tree_insert(&build->tree, token, SPACE_HTML);
	build->frameset_ok = false;
	build->mode = MODE_IN_TABLE;
}

static bool
is_hidden(const struct token *token)
{
	const char *value;
	size_t len;

	return attribute_find(
		   token->text + token->len, token->end, "type", &value, &len) &&
	    len == 6 && strncasecmp(value, "hidden", len) == 0;
}

/* input, select, option, optgroup and hr. */
static void
begin_of_select(struct build *build, const struct token *token)
{
	struct tree *tree = &build->tree;
	bool in_select = tree_in_scope(tree, NAME_SELECT);

	switch ((int)token->name) {
	case NAME_INPUT:
	case NAME_SELECT:
		if (in_select)
			tree_pop_until(tree, NAME_SELECT);
		if (in_select && token->name == NAME_SELECT)
			return;
		break;
	case NAME_HR:
		close_p_in_scope(tree);
		if (in_select)
			tree_imply_ends(tree, IS_IMPLIED, NAME_OTHER);
		break;
	default:
		if (in_select)
			tree_imply_ends(tree, IS_IMPLIED,
			    token->name == NAME_OPTION ? NAME_OPTGROUP : NAME_OTHER);
		else if (tree_at(tree, NAME_OPTION))
			tree_pop(tree);
	}
	if (token->name != NAME_HR)
		tree_reconstruct(tree);
	if (token->name == NAME_INPUT || token->name == NAME_HR)
		tree_insert_void(tree, token, SPACE_HTML);
	else
		tree_insert(tree, token, SPACE_HTML);
	if (token->name == NAME_HR || token->name == NAME_SELECT ||
	    (token->name == NAME_INPUT && !is_hidden(token)))
		build->frameset_ok = false;
}

static void
begin_ruby(struct tree *tree, const struct token *token, enum name but)
{
	if (tree_in_scope(tree, NAME_RUBY))
		tree_imply_ends(tree, IS_IMPLIED, but);
	tree_insert(tree, token, SPACE_HTML);
}

static void
begin_foreign(struct tree *tree, const struct token *token, enum space space)
{
	tree_reconstruct(tree);
	if (token->closed)
		tree_insert_void(tree, token, space);
	else
		tree_insert(tree, token, space);
}

static void
begin_void(struct build *build, const struct token *token)
{
	tree_reconstruct(&build->tree);
	tree_insert_void(&build->tree, token, SPACE_HTML);
	build->frameset_ok = false;
}

/* What follows <plaintext> is text, which formatting goes on in. */
static void
begin_plaintext(struct build *build, const struct token *token)
{
	struct tokens *tokens = &build->tokens;
	const struct token rest = { .kind = TOKEN_TEXT,
		.text = tokens->at,
		.len = (size_t)(tokens->end - tokens->at) };

	close_p_in_scope(&build->tree);
	tree_insert(&build->tree, token, SPACE_HTML);
	text_in_body(build, &rest);
	tokens->at = tokens->end;
}

/* A start tag of what holds raw text. */
static void
begin_raw(struct build *build, const struct token *token)
{
	if (token->name == NAME_XMP) {
		close_p_in_scope(&build->tree);
		tree_reconstruct(&build->tree);
	}
	if (token->name != NAME_NOEMBED)
		build->frameset_ok = false;
	build_raw(build, token);
}

static void
begin_object(struct build *build, const struct token *token)
{
	tree_reconstruct(&build->tree);
	if (tree_insert(&build->tree, token, SPACE_HTML) != 0)
		tree_list_marker(&build->tree);
	build->frameset_ok = false;
}

static void
begin_block(struct tree *tree, const struct token *token)
{
	close_p_in_scope(tree);
	tree_insert(tree, token, SPACE_HTML);
}

/* A start tag of blocks and forms.  False: it is none of those. */
static bool
begin_structure(struct build *build, struct token *token)
{
	struct tree *tree = &build->tree;

	switch (name_facts[token->name].rule) {
	case RULE_BODY:
		if (has_body(tree) && build->templates.used == 0) {
			build->frameset_ok = false;
			add_to_body(tree, token);
		}
		return true;
	case RULE_FRAMESET:
		begin_frameset(build, token);
		return true;
	case RULE_HEAD:
	case RULE_HEAD_RAW:
	case RULE_TEMPLATE:
		build_in_head(build, token);
		return true;
	case RULE_BLOCK:
		begin_block(tree, token);
		return true;
	case RULE_HEADING:
		begin_heading(build, token);
		return true;
	case RULE_PRE:
		begin_block(tree, token);
		build->frameset_ok = false;
		build->skip_newline = true;
		return true;
	case RULE_FORM:
		begin_form(build, token);
		return true;
	case RULE_LI:
	case RULE_DD:
		begin_item(build, token);
		return true;
	case RULE_PLAINTEXT:
		begin_plaintext(build, token);
		return true;
	case RULE_BUTTON:
		begin_button(build, token);
		return true;
	case RULE_TABLE:
		begin_table(build, token);
		return true;
	default:
		return false;
	}
}

/* Any other start tag. */
static void
begin_phrase(struct build *build, struct token *token)
{
	struct tree *tree = &build->tree;

	switch (name_facts[token->name].rule) {
	case RULE_A:
		begin_a(tree, token);
		break;
	case RULE_FORMAT:
		begin_format(tree, token);
		break;
	case RULE_NOBR:
		begin_nobr(tree, token);
		break;
	case RULE_OBJECT:
		begin_object(build, token);
		break;
	case RULE_IMAGE:
		token->name = NAME_IMG;
		begin_void(build, token);
		break;
	case RULE_VOID:
		begin_void(build, token);
		break;
	case RULE_PARAM:
		tree_insert_void(tree, token, SPACE_HTML);
		break;
	case RULE_TEXTAREA:
	case RULE_XMP:
	case RULE_IFRAME:
	case RULE_NOEMBED:
		begin_raw(build, token);
		break;
	case RULE_INPUT:
	case RULE_HR:
	case RULE_SELECT:
	case RULE_OPTION:
	case RULE_OPTGROUP:
		begin_of_select(build, token);
		break;
	case RULE_RUBY_BASE:
		begin_ruby(tree, token, NAME_OTHER);
		break;
	case RULE_RUBY_TEXT:
		begin_ruby(tree, token, NAME_RTC);
		break;
	case RULE_MATH:
		begin_foreign(tree, token, SPACE_MATH);
		break;
	case RULE_SVG:
		begin_foreign(tree, token, SPACE_SVG);
		break;
	case RULE_HTML:
	case RULE_IGNORED:
		break;
	default:
		tree_reconstruct(tree);
		tree_insert(tree, token, SPACE_HTML);
	}
}

/* </p>: the one that it makes where none is open holds no links. */
static void
end_p(struct tree *tree)
{
	if (tree_in_button_scope(tree, NAME_P))
		close_p(tree);
}

static void
end_heading(struct tree *tree)
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

static void
end_object(struct tree *tree, enum name name)
{
	if (!tree_in_scope(tree, name))
		return;
	close_element(tree, name);
	tree_unlist_to_marker(tree);
}

/* </br> is <br>. */
static void
end_br(struct build *build, const struct token *token)
{
	struct token br = *token;

	br.kind = TOKEN_START;
	begin_void(build, &br);
}

static bool
end_body(struct build *build, const struct token *token)
{
	if (!tree_in_scope(&build->tree, NAME_BODY))
		return false;
	build->mode = MODE_AFTER_BODY;
	return token->name == NAME_HTML;
}

static bool
end_in_body(struct build *build, struct token *token)
{
	struct tree *tree = &build->tree;
	enum name name = token->name;

	switch (name_facts[name].rule) {
	case RULE_HTML:
	case RULE_BODY:
		return end_body(build, token);
	case RULE_TEMPLATE:
		return build_in_head(build, token);
	case RULE_FORM:
		end_form(build);
		return false;
	case RULE_LI:
		if (tree_in_list_scope(tree, name))
			close_element(tree, name);
		return false;
	case RULE_DD:
		if (tree_in_scope(tree, name))
			close_element(tree, name);
		return false;
	case RULE_HEADING:
		end_heading(tree);
		return false;
	case RULE_A:
	case RULE_FORMAT:
	case RULE_NOBR:
		end_format(tree, token);
		return false;
	case RULE_OBJECT:
		end_object(tree, name);
		return false;
	default:
		break;
	}
	if (name == NAME_P)
		end_p(tree);
	else if (name == NAME_BR)
		end_br(build, token);
	else if (!name_is(name, ENDS_BLOCK))
		end_any(tree, token);
	else if (tree_in_scope(tree, name))
		close_element(tree, name);
	return false;
}

bool
build_in_body(struct build *build, struct token *token)
{
	if (token->kind == TOKEN_TEXT) {
		text_in_body(build, token);
		build->skip_newline = false;
		return false;
	}
	build->skip_newline = false;
	if (token->kind == TOKEN_END)
		return end_in_body(build, token);
	if (token->kind == TOKEN_START && !begin_structure(build, token))
		begin_phrase(build, token);
	return false;
}
