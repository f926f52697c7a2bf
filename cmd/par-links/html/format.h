/* SPDX-License-Identifier: ISC */
/*
 * format - the list of active formatting elements (13.2.4.3 of the HTML Standard), and
 * the adoption agency algorithm (13.2.6.4.7), for formatting that is closed too early.
 */
#ifndef PAR_LINKS_FORMAT_H
#define PAR_LINKS_FORMAT_H

#include "tree.h"

/* Add an element to the list, with the Noah's Ark clause; none if id is 0. */
void tree_list(struct tree *tree, uint32_t id);
void tree_list_marker(struct tree *tree);

/* Take an element out of the list, if it is in it. */
void tree_unlist(struct tree *tree, uint32_t id);

/* Take out all after the last marker, and that. */
void tree_unlist_to_marker(struct tree *tree);

/* Open again what is listed and was closed. */
void tree_reconstruct(struct tree *tree);

/* The last listed element of that name after the last marker, or 0. */
uint32_t tree_listed(const struct tree *tree, enum name name);

/* Adopt for the end of name.  False: the end tag is to be treated as any other. */
bool tree_adopt(struct tree *tree, enum name name);

#endif
