/* SPDX-License-Identifier: ISC */
/*
 * foreign - tokens inside of SVG and MathML, by "the rules for parsing tokens in foreign
 * content" (13.2.6.5 of the HTML Standard).
 */
#ifndef PAR_LINKS_FOREIGN_H
#define PAR_LINKS_FOREIGN_H

#include "mode.h"

/* Is the current node of SVG or MathML? */
static inline bool
foreign_is_current(const struct build *build)
{
	const struct tree *tree = &build->tree;

	return tree_node(tree, tree_current(tree))->space != SPACE_HTML;
}

/* Take a token where it is.  False: it is one of HTML, for the mode to take. */
bool foreign_take(struct build *build, const struct token *token);

#endif
