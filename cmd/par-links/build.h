/* SPDX-License-Identifier: ISC */
/*
 * build - the tree of a page, by the tree construction stage of the HTML Standard
 * (13.2.6), with scripts off.
 */
#ifndef PAR_LINKS_BUILD_H
#define PAR_LINKS_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tree.h"

/* Insertion modes. */
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
	MODE_AFTER_AFTER_FRAMESET
};

/* All zero but for names to begin with; kept from page to page. */
struct build {
	struct names names;
	struct tree tree; /* what was built */

	/* Of the page at work on: */
	struct tokens tokens;
	enum mode mode;
	struct room templates; /* the stack of template insertion modes, bytes */
	uint32_t form; /* the form element pointer */
	bool has_head; /* the head element pointer is set */
	uint32_t head;
	bool frameset_ok;
	bool quirks;
	bool has_base; /* there is a <base> somewhere */
	bool skip_newline; /* that follows <pre> */
};

/*
 * Build the tree of a page; wanted tells by enum name what may hold links.  If
 * build->tree.overflow links are missing.
 */
void build_page(struct build *build, const char *page, size_t len, const bool *wanted);

/* The same of XHTML, of which no more is asked than which tags there are. */
void build_xml(struct build *build, const char *page, size_t len, const bool *wanted);

void build_close(struct build *build);

/*
 * What the files of the builder share.  A handler takes a token; true: it has
 * changed the mode, and the token is to be taken by that.
 */
bool build_in_head(struct build *build, struct token *token);
bool build_in_body(struct build *build, struct token *token);
bool build_in_table(struct build *build, struct token *token); /* and its parts */
void build_reset_mode(struct build *build);
void build_raw(struct build *build, const struct token *start);

#endif
