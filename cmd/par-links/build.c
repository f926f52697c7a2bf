/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "build.h"
#include "quirks.h"

/* Insert an element that holds raw text, and pass over that. */
void
build_raw(struct build *build, const struct token *start)
{
	tree_insert_void(&build->tree, start, SPACE_HTML);
	token_skip_raw(&build->tokens, start);
}

/* The mode that the innermost open element of a template or table asks for. */
static bool
mode_of(const struct build *build, const struct node *node, enum mode *mode)
{
	const struct room *templates = &build->templates;

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
		*mode = (enum mode)templates->data[templates->used - 1];
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
build_reset_mode(struct build *build)
{
	for (size_t i = tree_depth(&build->tree); i > 0; i--)
		if (mode_of(build,
			tree_node(&build->tree, tree_open_at(&build->tree, i - 1)),
			&build->mode))
			return;
}

static void
push_template(struct build *build, enum mode mode)
{
	*room_add(&build->templates, 1) = (char)mode;
	build->templates.used++;
}

static void
begin_template(struct build *build, const struct token *token)
{
	tree_insert(&build->tree, token, SPACE_HTML);
	tree_list_marker(&build->tree);
	build->frameset_ok = false;
	build->mode = MODE_IN_TEMPLATE;
	push_template(build, MODE_IN_TEMPLATE);
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
	build->templates.used--;
	build_reset_mode(build);
}

static bool
switch_to(struct build *build, enum mode mode)
{
	build->mode = mode;
	return true;
}

/* Is it an end tag that acts as a start tag where there is no body? */
static bool
ends_before_body(const struct token *token)
{
	return token->name == NAME_BODY || token->name == NAME_HTML ||
	    token->name == NAME_BR;
}

static bool
is_blank(const struct token *token)
{
	return token->kind == TOKEN_TEXT && token_is_blank(token->text, token->len);
}

/* A start tag or an end tag that the head knows.  False: it is none. */
static bool
take_in_head(struct build *build, struct token *token)
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
		build_raw(build, token);
	else if (rule == RULE_TEMPLATE)
		begin_template(build, token);
	return rule == RULE_HEAD || rule == RULE_HEAD_RAW || rule == RULE_TEMPLATE;
}

bool
build_in_head(struct build *build, struct token *token)
{
	struct tree *tree = &build->tree;

	if (is_blank(token) || (token->kind != TOKEN_TEXT && take_in_head(build, token)))
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
	return switch_to(build, MODE_AFTER_HEAD);
}

static bool
in_noscript(struct build *build, struct token *token)
{
	if (is_blank(token))
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
			return build_in_head(build, token);
	}
	tree_pop(&build->tree);
	return switch_to(build, MODE_IN_HEAD);
}

static bool
initial(struct build *build, struct token *token)
{
	if (is_blank(token))
		return false;
	build->mode = MODE_BEFORE_HTML;
	build->quirks =
	    token->kind != TOKEN_DOCTYPE || quirks_of_doctype(token->text, token->len);
	return token->kind != TOKEN_DOCTYPE;
}

static bool
before_html(struct build *build, struct token *token)
{
	if (is_blank(token) ||
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

static bool
before_head(struct build *build, struct token *token)
{
	bool start = token->kind == TOKEN_START;

	if (is_blank(token) || (start && token->name == NAME_HTML) ||
	    (token->kind == TOKEN_END && token->name != NAME_HEAD &&
		!ends_before_body(token)))
		return false;
	start = start && token->name == NAME_HEAD;
	build->head = start ? tree_insert(&build->tree, token, SPACE_HTML)
			    : tree_insert_implied(&build->tree, NAME_HEAD);
	tree_node(&build->tree, build->head)->kept = true;
	build->has_head = true;
	build->mode = MODE_IN_HEAD;
	return !start;
}

/* What is of the head, behind it: into it. */
static void
back_in_head(struct build *build, struct token *token)
{
	tree_stack(&build->tree, build->head);
	build_in_head(build, token);
	tree_unstack(&build->tree, build->head);
}

static bool
after_head(struct build *build, struct token *token)
{
	unsigned char rule = name_facts[token->name].rule;

	if (is_blank(token))
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
	return switch_to(build, MODE_IN_BODY);
}

/* The mode that an element asks for that begins the content of a template. */
static enum mode
mode_in_template(enum name name)
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

static bool
in_template(struct build *build, struct token *token)
{
	if (token->kind == TOKEN_TEXT)
		return build_in_body(build, token);
	if (take_in_head(build, token) || token->kind == TOKEN_END)
		return false;
	build->templates.used--;
	build->mode = mode_in_template(token->name);
	push_template(build, build->mode);
	return true;
}

/* After </body> and after </html> too, which differ in nothing that matters here. */
static bool
after_body(struct build *build, struct token *token)
{
	if (is_blank(token))
		return build_in_body(build, token);
	if ((token->kind == TOKEN_START || token->kind == TOKEN_END) &&
	    token->name == NAME_HTML)
		return false;
	return switch_to(build, MODE_IN_BODY);
}

static bool
in_frameset(struct build *build, struct token *token)
{
	struct tree *tree = &build->tree;

	if (token->kind == TOKEN_START && token->name == NAME_NOFRAMES) {
		build_raw(build, token);
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

static bool
after_frameset(struct build *build, struct token *token)
{
	if (token->kind == TOKEN_START && token->name == NAME_NOFRAMES)
		build_raw(build, token);
	else if (token->kind == TOKEN_END && token->name == NAME_HTML)
		build->mode = MODE_AFTER_AFTER_FRAMESET;
	else if (build->mode == MODE_AFTER_AFTER_FRAMESET && token->kind == TOKEN_TEXT &&
	    token_has_blank(token->text, token->len))
		tree_reconstruct(&build->tree); /* formatting goes on in blanks */
	return false;
}

/* Have the token taken by the mode; true: once more, by another. */
static bool
take_in_mode(struct build *build, struct token *token)
{
	switch (build->mode) {
	case MODE_INITIAL:
		return initial(build, token);
	case MODE_BEFORE_HTML:
		return before_html(build, token);
	case MODE_BEFORE_HEAD:
		return before_head(build, token);
	case MODE_IN_HEAD:
		return build_in_head(build, token);
	case MODE_IN_NOSCRIPT:
		return in_noscript(build, token);
	case MODE_AFTER_HEAD:
		return after_head(build, token);
	case MODE_IN_BODY:
		return build_in_body(build, token);
	case MODE_IN_TABLE:
	case MODE_IN_CAPTION:
	case MODE_IN_COLGROUP:
	case MODE_IN_TBODY:
	case MODE_IN_ROW:
	case MODE_IN_CELL:
		return build_in_table(build, token);
	case MODE_IN_TEMPLATE:
		return in_template(build, token);
	case MODE_AFTER_BODY:
		return after_body(build, token);
	case MODE_IN_FRAMESET:
		return in_frameset(build, token);
	case MODE_AFTER_FRAMESET:
	case MODE_AFTER_AFTER_FRAMESET:
		return after_frameset(build, token);
	}
	return false;
}

static void
take(struct build *build, struct token *token)
{
	while (take_in_mode(build, token))
		;
}

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
	const char *value;
	size_t len;

	if (!attribute_find(tag->text + tag->len, tag->end, "encoding", &value, &len))
		return false;
	return (len == 9 && strncasecmp(value, "text/html", len) == 0) ||
	    (len == 21 && strncasecmp(value, "application/xhtml+xml", len) == 0);
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

static void
take_foreign(struct build *build, struct token *token)
{
	if (token->kind == TOKEN_TEXT) {
		if (build->frameset_ok && !is_blank(token))
			build->frameset_ok = false;
	} else if (breaks_out(token)) {
		break_out(&build->tree);
		take(build, token);
	} else if (token->kind == TOKEN_START) {
		begin_foreign(build, token);
	} else if (token->kind == TOKEN_END && end_foreign(build, token)) {
		take(build, token);
	}
}

static void
begin(struct build *build, const char *page, size_t len, const bool *wanted)
{
	tree_begin(&build->tree, page, len, wanted);
	build->tokens =
	    (struct tokens){ .names = &build->names, .at = page, .end = page + len };
	build->mode = MODE_INITIAL;
	build->templates.used = 0;
	build->form = build->head = 0;
	build->has_head = build->has_base = false;
	build->quirks = build->skip_newline = false;
	build->frameset_ok = true;
}

void
build_page(struct build *build, const char *page, size_t len, const bool *wanted)
{
	struct token token;
	bool foreign = false;

	begin(build, page, len, wanted);
	while (token_next(&build->tokens, foreign, &token)) {
		const struct node *node =
		    tree_node(&build->tree, tree_current(&build->tree));

		build->has_base |= token.name == NAME_BASE;
		if (token.kind == TOKEN_DOCTYPE && build->mode != MODE_INITIAL)
			continue;
		if (node->space != SPACE_HTML && !is_html_inside(node, &token))
			take_foreign(build, &token);
		else
			take(build, &token);
		node = tree_node(&build->tree, tree_current(&build->tree));
		foreign = node->space != SPACE_HTML;
	}
}

void
build_xml(struct build *build, const char *page, size_t len, const bool *wanted)
{
	struct token token;

	begin(build, page, len, wanted);
	while (token_next(&build->tokens, true, &token))
		if (token.kind == TOKEN_START) {
			build->has_base |= token.name == NAME_BASE;
			tree_insert_void(&build->tree, &token, SPACE_HTML);
		}
}

void
build_close(struct build *build)
{
	tree_close(&build->tree);
	free(build->templates.data);
}
