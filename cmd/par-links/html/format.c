/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "format.h"
#include "ids.h"
#include "scope.h"

/* The i-th of the list; a 0 is a marker. */
static uint32_t *
list_at(const struct tree *tree, size_t i)
{
	return ids_at(&tree->active, i);
}

uint32_t
tree_listed(const struct tree *tree, enum name name)
{
	for (size_t i = ids_count(&tree->active); i > 0 && *list_at(tree, i - 1) != 0;
	     i--)
		if (tree_node(tree, *list_at(tree, i - 1))->name == name)
			return *list_at(tree, i - 1);
	return 0;
}

/* Are two elements those of tags that are written the same way? */
static bool
is_alike(const struct tree *tree, const struct node *a, const struct node *b)
{
	size_t len = a->end - a->text;

	return a->name == b->name && len == b->end - b->text &&
	    memcmp(tree->page + a->text, tree->page + b->text, len) == 0;
}

void
tree_list(struct tree *tree, uint32_t id)
{
	const struct node *node = tree_node(tree, id);
	size_t alike = 0, earliest = 0;

	if (id == 0)
		return;
	for (size_t i = ids_count(&tree->active); i > 0 && *list_at(tree, i - 1) != 0;
	     i--)
		if (is_alike(tree, node, tree_node(tree, *list_at(tree, i - 1)))) {
			alike++;
			earliest = *list_at(tree, i - 1);
		}
	if (alike >= 3)
		tree_unlist(tree, (uint32_t)earliest);
	ids_push(&tree->active, id);
	tree_node(tree, id)->listed = true;
}

void
tree_list_marker(struct tree *tree)
{
	ids_push(&tree->active, 0);
}

/* Take the i-th out of the list. */
static void
unlist_at(struct tree *tree, size_t i)
{
	uint32_t id = *list_at(tree, i);

	ids_remove(&tree->active, i);
	tree_node(tree, id)->listed = false;
	tree_forget(tree, id);
}

void
tree_unlist(struct tree *tree, uint32_t id)
{
	if (tree_node(tree, id)->listed)
		unlist_at(tree, ids_find(&tree->active, id));
}

void
tree_unlist_to_marker(struct tree *tree)
{
	size_t i = ids_count(&tree->active);

	while (i > 0 && *list_at(tree, i - 1) != 0)
		unlist_at(tree, --i);
	if (i > 0)
		ids_remove(&tree->active, i - 1);
}

/* A node of the same tag, which stands nowhere. */
static uint32_t
copy_node(struct tree *tree, uint32_t id)
{
	struct node node = *tree_node(tree, id);
	uint32_t copy = tree_new(tree, node.name, node.space);
	size_t len = node.end - node.text;

	tree_node(tree, copy)->text = node.text;
	tree_node(tree, copy)->end = node.end;
	tree_node(tree, copy)->name_len = node.name_len;
	if (!node.wanted)
		return copy;
	tree->overflow |= len > tree->copies;
	tree->copies -= tree->overflow ? 0 : len;
	tree_node(tree, copy)->wanted = !tree->overflow;
	return copy;
}

/* Put copy in place i of the list, for the one that is there. */
static void
relist(struct tree *tree, size_t i, uint32_t copy)
{
	uint32_t id = *list_at(tree, i);

	*list_at(tree, i) = copy;
	tree_node(tree, copy)->listed = true;
	tree_node(tree, id)->listed = false;
}

void
tree_reconstruct(struct tree *tree)
{
	size_t length = ids_count(&tree->active), i = length;

	while (i > 0 && *list_at(tree, i - 1) != 0 &&
	    !tree_node(tree, *list_at(tree, i - 1))->open)
		i--;
	for (; i < length && tree_depth(tree) < TREE_DEPTH; i++) {
		uint32_t id = *list_at(tree, i), copy = copy_node(tree, id);

		tree_place(tree, copy, tree_current(tree));
		tree_stack(tree, copy);
		relist(tree, i, copy);
		tree_forget(tree, id);
	}
}

/* Work on one formatting element that is closed too early. */
struct adoption {
	uint32_t formatting, furthest;
	size_t bookmark; /* where it will be in the list */
};

/*
 * Between the furthest block and the formatting element, closing what is no
 * formatting, and copying what is; what is then to be put into the ancestor.
 */
static uint32_t
adopt_between(struct tree *tree, struct adoption *work)
{
	size_t at = ids_find(&tree->stack, work->furthest);
	uint32_t last = work->furthest;

	for (size_t count = 1; tree_open_at(tree, --at) != work->formatting; count++) {
		uint32_t id = tree_open_at(tree, at), copy;
		bool listed = tree_node(tree, id)->listed;
		size_t i = listed ? ids_find(&tree->active, id) : 0;

		if (listed && count > 3) {
			ids_remove(&tree->active, i);
			work->bookmark -= i < work->bookmark;
			tree_node(tree, id)->listed = listed = false;
		}
		if (!listed) {
			tree_unstack_at(tree, at);
			continue;
		}
		copy = copy_node(tree, id);
		relist(tree, i, copy);
		*ids_at(&tree->stack, at) = copy;
		tree_node(tree, copy)->open = true;
		tree_node(tree, id)->open = false;
		if (last == work->furthest)
			work->bookmark = i + 1;
		tree_detach(tree, last);
		tree_attach(tree, last, copy, 0);
		tree_forget(tree, id);
		last = copy;
	}
	return last;
}

/* Move what is inside from to a node that has nothing. */
static void
take_children(struct tree *tree, uint32_t to, uint32_t from)
{
	struct node *target = tree_node(tree, to), *source = tree_node(tree, from);

	target->first = source->first;
	target->last = source->last;
	source->first = source->last = 0;
	for (uint32_t id = target->first; id != 0; id = tree_node(tree, id)->next)
		tree_node(tree, id)->parent = to;
}

/* Copy the formatting element into the furthest block, where it goes on. */
static void
adopt_into_block(struct tree *tree, struct adoption *work)
{
	uint32_t copy = copy_node(tree, work->formatting);
	size_t i;

	take_children(tree, copy, work->furthest);
	tree_attach(tree, copy, work->furthest, 0);
	i = ids_find(&tree->active, work->formatting);
	ids_remove(&tree->active, i);
	ids_insert(&tree->active, work->bookmark - (i < work->bookmark), copy);
	tree_node(tree, work->formatting)->listed = false;
	tree_node(tree, copy)->listed = true;
	tree_unstack_at(tree, ids_find(&tree->stack, work->formatting));
	tree_forget(tree, work->formatting);
	ids_insert(&tree->stack, ids_find(&tree->stack, work->furthest) + 1, copy);
	tree_node(tree, copy)->open = true;
	tree->open[tree_node(tree, copy)->name]++;
}

/* Once around.  False: it is done. */
static bool
adopt_one(struct tree *tree, uint32_t formatting)
{
	struct adoption work = { .formatting = formatting };
	size_t at, block;
	uint32_t ancestor, last;

	if (!tree_node(tree, formatting)->open) {
		tree_unlist(tree, formatting);
		return false;
	}
	if (!tree_node_in_scope(tree, formatting))
		return false;
	at = block = ids_find(&tree->stack, formatting);
	while (block < tree_depth(tree) &&
	    !tree_is_special(tree_node(tree, tree_open_at(tree, block))))
		block++;
	if (block == tree_depth(tree)) {
		while (tree_depth(tree) > at)
			tree_pop(tree);
		tree_unlist(tree, formatting);
		return false;
	}
	work.furthest = tree_open_at(tree, block);
	work.bookmark = ids_find(&tree->active, formatting);
	ancestor = tree_open_at(tree, at - 1);
	last = adopt_between(tree, &work);
	tree_detach(tree, last);
	tree_place(tree, last, ancestor);
	adopt_into_block(tree, &work);
	return true;
}

bool
tree_adopt(struct tree *tree, enum name name)
{
	enum { TIMES = 8 };

	if (tree_at(tree, name) && !tree_node(tree, tree_current(tree))->listed) {
		tree_pop(tree);
		return true;
	}
	for (size_t i = 0; i < TIMES; i++) {
		uint32_t formatting = tree_listed(tree, name);

		if (formatting == 0)
			return false;
		if (!adopt_one(tree, formatting))
			return true;
	}
	return true;
}
