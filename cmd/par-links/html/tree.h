/* SPDX-License-Identifier: ISC */
/*
 * tree - the tree of a page as far as links need it: which elements are open, which
 * formatting is to be opened again, and where the elements that may hold links stand
 * (sections 13.2.4.2, 13.2.4.3 and 13.2.6.1 of the HTML Standard).
 *
 * An element without links that was closed is forgotten, so that memory grows with
 * the links of a page and not with its tags.
 */
#ifndef PAR_LINKS_TREE_H
#define PAR_LINKS_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "ids.h"
#include "name.h"
#include "token.h"

enum {
	/*
	 * How deep elements are nested; those below count as void, but for the parts
	 * of tables.  Browsers nest the nodes of a document no deeper either.
	 */
	TREE_DEPTH = 512,
	/*
	 * Copies of links that were not closed may be so many times as long as the
	 * page, and this many bytes more: enough for what people write, not for a
	 * page that makes gigabytes of one link.
	 */
	TREE_COPIES = 16,
	TREE_COPIES_MORE = 1 << 20
};

enum space { SPACE_HTML, SPACE_SVG, SPACE_MATH, SPACE_OTHER /* in XML */ };

/* Index of a node; 0 is the document, and stands for none. */
struct node {
	uint32_t parent, first, last, prev, next;
	uint32_t text, end; /* where its name and what follows its tag are in the page */
	unsigned char name; /* enum name */
	unsigned char space; /* enum space */
	unsigned char name_len; /* of a known name */
	bool wanted : 1; /* may hold links */
	bool open : 1; /* on the stack of open elements */
	bool listed : 1; /* among the active formatting elements */
	bool pinned : 1; /* head, and the form that is open: must not be forgotten */
	bool point : 1; /* annotation-xml that holds HTML */
};

/* All zero to begin with; kept from page to page. */
struct tree {
	const char *page;
	const bool *wanted; /* by enum name: what may hold links */
	struct bytes nodes, stack, active;
	uint32_t spare; /* forgotten nodes, by next */
	uint32_t open[NAME_COUNT]; /* how many HTML elements of a name are open */
	bool foster; /* foster parenting is enabled */
	size_t copies; /* how many bytes of links may still be copied */
	bool overflow; /* there were more */
};

/* Begin a page of len bytes. */
void tree_begin(struct tree *tree, const char *page, size_t len, const bool *wanted);
void tree_close(struct tree *tree);

static inline struct node *
tree_node(const struct tree *tree, uint32_t id)
{
	return (struct node *)(void *)tree->nodes.data + id;
}

/* The stack of open elements: its depth, and one of them, the topmost is 0. */
static inline size_t
tree_depth(const struct tree *tree)
{
	return ids_count(&tree->stack);
}

static inline uint32_t
tree_open_at(const struct tree *tree, size_t i)
{
	return *ids_at(&tree->stack, i);
}

/* The current node; 0 if nothing is open. */
static inline uint32_t
tree_current(const struct tree *tree)
{
	size_t depth = tree_depth(tree);

	return depth == 0 ? 0 : tree_open_at(tree, depth - 1);
}

/* Is the current node an HTML element of that name? */
static inline bool
tree_at(const struct tree *tree, enum name name)
{
	const struct node *node = tree_node(tree, tree_current(tree));

	return node->name == name && node->space == SPACE_HTML;
}

/* Do a node and a tag have the same name? */
bool
tree_same_name(const struct tree *tree, const struct node *node, const struct token *tag);

/* Insert the element of a start tag and open it; it, or 0 if it is nested too deep. */
uint32_t tree_insert(struct tree *tree, const struct token *tag, enum space space);

/* Insert one that is closed at once. */
void tree_insert_void(struct tree *tree, const struct token *tag, enum space space);

/* Insert one that the page has no tag for. */
uint32_t tree_insert_implied(struct tree *tree, enum name name);

/* Close the current node. */
void tree_pop(struct tree *tree);

/* Close all up to an HTML element of that name, which is open, and it. */
void tree_pop_until(struct tree *tree, enum name name);

/* Take an element off the stack, wherever it is. */
void tree_unstack(struct tree *tree, uint32_t id);

/* Put an element on the stack. */
void tree_stack(struct tree *tree, uint32_t id);

/* Take an element out of the document, with all inside it. */
void tree_detach(struct tree *tree, uint32_t id);

/*
 * The next element in document order that may hold links; 0 begins, and ends.
 * Templates hold none.
 */
uint32_t tree_next_wanted(const struct tree *tree, uint32_t id);

/*
 * The steps of which insertion is made, for format.c, which moves elements about.
 */

/* A node that stands nowhere. */
uint32_t tree_new(struct tree *tree, enum name name, enum space space);

/* Put a node that stands nowhere in front of another one, or last if that is 0. */
void tree_attach(struct tree *tree, uint32_t id, uint32_t parent_id, uint32_t before);

/* Put a node where one is to be inserted whose parent would be target. */
void tree_place(struct tree *tree, uint32_t id, uint32_t target);

/* The i-th of the stack is no longer open. */
void tree_unstack_at(struct tree *tree, size_t i);

/* Forget a node of which nothing will be asked any more. */
void tree_forget(struct tree *tree, uint32_t id);

#endif
