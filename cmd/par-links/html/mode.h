/* SPDX-License-Identifier: ISC */
/*
 * mode - the insertion modes of the tree construction stage (13.2.6.4 of the HTML
 * Standard), with scripts off: what they share, and the function of each.
 *
 * A mode that uses "the rules for" another one calls its function.  All these calls go
 * down the list below: those of tables use those of the body, and they those of the head.
 * build.c has a table of all, by which a token gets to the mode that is on.
 */
#ifndef PAR_LINKS_MODE_H
#define PAR_LINKS_MODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "token.h"
#include "tree.h"

enum mode {
	MODE_INITIAL,
	MODE_BEFORE_HTML,
	MODE_BEFORE_HEAD,
	MODE_IN_HEAD,
	MODE_IN_NOSCRIPT,
	MODE_AFTER_HEAD,
	MODE_IN_BODY,
	MODE_IN_TABLE,
	MODE_IN_CAPTION,
	MODE_IN_COLGROUP,
	MODE_IN_TBODY,
	MODE_IN_ROW,
	MODE_IN_CELL,
	MODE_IN_TEMPLATE,
	MODE_AFTER_BODY,
	MODE_IN_FRAMESET,
	MODE_AFTER_FRAMESET,
	MODE_AFTER_AFTER_FRAMESET,
	MODE_COUNT
};

/* All zero but for names to begin with; kept from page to page. */
struct build {
	struct names names;
	struct tree tree; /* what was built */

	/* Of the page at work on: */
	struct tokens tokens;
	enum mode mode;
	struct bytes templates; /* the stack of template insertion modes, bytes */
	uint32_t form; /* the form element pointer */
	bool has_head; /* the head element pointer is set */
	uint32_t head;
	bool frameset_ok;
	bool quirks;
	bool has_base; /* there is a <base> somewhere */
	bool skip_newline; /* that follows <pre> */
};

/* Go on in mode, with the token that is being taken. */
static inline bool
mode_switch(struct build *build, enum mode mode)
{
	build->mode = mode;
	return true;
}

/* Choose the mode by the open elements: "reset the insertion mode appropriately". */
void mode_reset(struct build *build);

/* Begin, and end, to take tokens in a mode of a template. */
void mode_push_template(struct build *build, enum mode mode);
void mode_pop_template(struct build *build);

/* Insert an element that holds raw text, and pass over that. */
void mode_take_raw(struct build *build, const struct token *start);

/* Is a token text that is blank? */
bool mode_is_blank(const struct token *token);

/*
 * The functions of the modes.  Each takes a token; true: it has changed the mode, and
 * the token is to be taken by that.
 */

/* tables.c */
bool mode_in_table(struct build *build, const struct token *token);
bool mode_in_caption(struct build *build, const struct token *token);
bool mode_in_colgroup(struct build *build, const struct token *token);
bool mode_in_tbody(struct build *build, const struct token *token);
bool mode_in_row(struct build *build, const struct token *token);
bool mode_in_cell(struct build *build, const struct token *token);

/* after.c */
bool mode_in_template(struct build *build, const struct token *token);
bool mode_after_body(struct build *build, const struct token *token);
bool mode_in_frameset(struct build *build, const struct token *token);
bool mode_after_frameset(struct build *build, const struct token *token);

/* body.c */
bool mode_in_body(struct build *build, const struct token *token);

/* head.c */
bool mode_initial(struct build *build, const struct token *token);
bool mode_before_html(struct build *build, const struct token *token);
bool mode_before_head(struct build *build, const struct token *token);
bool mode_in_head(struct build *build, const struct token *token);
bool mode_in_noscript(struct build *build, const struct token *token);
bool mode_after_head(struct build *build, const struct token *token);

/* A tag that the rules of the head know in all modes.  False: it is none. */
bool mode_take_of_head(struct build *build, const struct token *token);

#endif
