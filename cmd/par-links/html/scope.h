/* SPDX-License-Identifier: ISC */
/*
 * scope - which of the open elements are in scope (13.2.4.2 of the HTML Standard), and
 * closing those whose end tags may be left out (13.2.6.3).
 */
#ifndef PAR_LINKS_SCOPE_H
#define PAR_LINKS_SCOPE_H

#include "tree.h"

/* Is an HTML element of that name in scope, of the kind that the function names? */
bool tree_in_scope(const struct tree *tree, enum name name);
bool tree_in_table_scope(const struct tree *tree, enum name name);
bool tree_in_button_scope(const struct tree *tree, enum name name);
bool tree_in_list_scope(const struct tree *tree, enum name name);
bool tree_heading_in_scope(const struct tree *tree);
bool tree_node_in_scope(const struct tree *tree, uint32_t id);

/* Is it of the category "special"? */
bool tree_is_special(const struct node *node);

/* Close elements whose end is implied: IS_IMPLIED or IS_IMPLIED_ALL too, but name. */
void tree_imply_ends(struct tree *tree, unsigned flags, enum name but);

/* Close all up to an element of that name, which is open, and it. */
void tree_end(struct tree *tree, enum name name);

/* Close a paragraph, if one is in button scope. */
void tree_end_p(struct tree *tree);

#endif
