/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "ids.h"
#include "need.h"
#include "tree.h"

void
tree_begin(struct tree *tree, const char *page, size_t len, const bool *wanted)
{
	tree->page = page;
	tree->wanted = wanted;
	tree->nodes.len = tree->stack.len = tree->active.len = 0;
	tree->spare = 0;
	memset(tree->open, 0, sizeof(tree->open));
	tree->foster = tree->overflow = false;
	tree->copies = TREE_COPIES * len + TREE_COPIES_MORE;
	memset(need_room(&tree->nodes, sizeof(struct node)), 0, sizeof(struct node));
	tree->nodes.len = sizeof(struct node);
}

void
tree_close(struct tree *tree)
{
	free(tree->nodes.data);
	free(tree->stack.data);
	free(tree->active.data);
}

/* A node that stands nowhere. */
uint32_t
tree_new(struct tree *tree, enum name name, enum space space)
{
	uint32_t id = tree->spare;
	struct node *node;

	if (id != 0) {
		node = tree_node(tree, id);
		tree->spare = node->next;
	} else {
		node = (struct node *)(void *)need_room(&tree->nodes, sizeof(*node));
		id = (uint32_t)(tree->nodes.len / sizeof(*node));
		tree->nodes.len += sizeof(*node);
	}
	*node =
	    (struct node){ .name = (unsigned char)name, .space = (unsigned char)space };
	return id;
}

/* Take a node from where it stands. */
void
tree_detach(struct tree *tree, uint32_t id)
{
	struct node *node = tree_node(tree, id), *parent = tree_node(tree, node->parent);

	if (node->prev != 0)
		tree_node(tree, node->prev)->next = node->next;
	else if (parent->first == id)
		parent->first = node->next;
	if (node->next != 0)
		tree_node(tree, node->next)->prev = node->prev;
	else if (parent->last == id)
		parent->last = node->prev;
	node->parent = node->prev = node->next = 0;
}

/* Put a node that stands nowhere in front of another one, or last if that is 0. */
void
tree_attach(struct tree *tree, uint32_t id, uint32_t parent_id, uint32_t before)
{
	struct node *node = tree_node(tree, id), *parent = tree_node(tree, parent_id);

	node->parent = parent_id;
	node->next = before;
	node->prev = before == 0 ? parent->last : tree_node(tree, before)->prev;
	if (node->prev == 0)
		parent->first = id;
	else
		tree_node(tree, node->prev)->next = id;
	if (before == 0)
		parent->last = id;
	else
		tree_node(tree, before)->prev = id;
}

/* Forget a node that nothing will be asked of any more. */
void
tree_forget(struct tree *tree, uint32_t id)
{
	struct node *node = tree_node(tree, id);

	if (node->wanted || node->open || node->listed || node->pinned ||
	    node->first != 0)
		return;
	tree_detach(tree, id);
	node->next = tree->spare;
	tree->spare = id;
}

/* The last open HTML element of that name and its place on the stack, or 0. */
static uint32_t
last_open(const struct tree *tree, enum name name, size_t *place)
{
	size_t i = tree->open[name] == 0 ? 0 : tree_depth(tree);

	for (; i > 0; i--) {
		uint32_t id = tree_open_at(tree, i - 1);
		const struct node *node = tree_node(tree, id);

		if (node->name == name && node->space == SPACE_HTML) {
			*place = i - 1;
			return id;
		}
	}
	*place = 0;
	return 0;
}

/* Put a node where one is to be inserted whose parent would be target. */
void
tree_place(struct tree *tree, uint32_t id, uint32_t target)
{
	const struct node *node = tree_node(tree, target);
	uint32_t table, template;
	size_t table_at, template_at;

	if (!tree->foster || node->space != SPACE_HTML ||
	    !name_is(node->name, IS_TABLE_PART)) {
		tree_attach(tree, id, target, 0);
		return;
	}
	table = last_open(tree, NAME_TABLE, &table_at);
	template = last_open(tree, NAME_TEMPLATE, &template_at);
	if (template != 0 && (table == 0 || template_at > table_at))
		tree_attach(tree, id, template, 0);
	else if (table == 0)
		tree_attach(tree, id, tree_open_at(tree, 0), 0);
	else if (tree_node(tree, table)->parent != 0)
		tree_attach(tree, id, tree_node(tree, table)->parent, table);
	else
		tree_attach(tree, id, tree_open_at(tree, table_at - 1), 0);
}

/* Is it one that may hold links?  MathML has none, nor has what is of XML alone. */
static bool
is_wanted(const struct tree *tree, const struct token *tag, enum space space)
{
	const char *attributes = tag->text + tag->len, *value;
	size_t len;

	if (!tree->wanted[tag->name] || space >= SPACE_MATH)
		return false;
	if (tag->name != NAME_A && tag->name != NAME_AREA)
		return true;
	return attribute_find(attributes, tag->end, "href", &value, &len) ||
	    (space == SPACE_SVG &&
		attribute_find(attributes, tag->end, "xlink:href", &value, &len));
}

/* May one more element of that name be opened? */
static bool
may_open(const struct tree *tree, enum name name)
{
	return tree_depth(tree) < TREE_DEPTH ||
	    name_is(name, IS_IMPLIED_ALL | IS_TABLE_SCOPE) || name == NAME_BODY ||
	    name == NAME_HEAD || name == NAME_FRAMESET;
}

/* A node of a start tag that stands nowhere. */
static uint32_t
node_of(struct tree *tree, const struct token *tag, enum space space, bool wanted)
{
	uint32_t id = tree_new(tree, tag->name, space);
	struct node *node = tree_node(tree, id);

	node->text = (uint32_t)(tag->text - tree->page);
	node->end = (uint32_t)(tag->end - tree->page);
	node->name_len = (unsigned char)tag->len;
	node->wanted = wanted;
	return id;
}

void
tree_stack(struct tree *tree, uint32_t id)
{
	struct node *node = tree_node(tree, id);

	ids_push(&tree->stack, id);
	node->open = true;
	if (node->space == SPACE_HTML)
		tree->open[node->name]++;
}

uint32_t
tree_insert(struct tree *tree, const struct token *tag, enum space space)
{
	uint32_t id;

	if (!may_open(tree, tag->name)) {
		tree_insert_void(tree, tag, space);
		return 0;
	}
	id = node_of(tree, tag, space, is_wanted(tree, tag, space));
	tree_place(tree, id, tree_current(tree));
	tree_stack(tree, id);
	return id;
}

void
tree_insert_void(struct tree *tree, const struct token *tag, enum space space)
{
	if (is_wanted(tree, tag, space))
		tree_place(tree, node_of(tree, tag, space, true), tree_current(tree));
}

uint32_t
tree_insert_implied(struct tree *tree, enum name name)
{
	uint32_t id = tree_new(tree, name, SPACE_HTML);

	tree_place(tree, id, tree_current(tree));
	tree_stack(tree, id);
	return id;
}

/* The i-th of the stack is no longer open. */
void
tree_unstack_at(struct tree *tree, size_t i)
{
	struct node *node = tree_node(tree, tree_open_at(tree, i));

	ids_remove(&tree->stack, i);
	node->open = false;
	if (node->space == SPACE_HTML)
		tree->open[node->name]--;
}

void
tree_pop(struct tree *tree)
{
	uint32_t id = tree_current(tree);

	if (id == 0)
		return;
	tree_unstack_at(tree, tree_depth(tree) - 1);
	tree_forget(tree, id);
}

void
tree_pop_until(struct tree *tree, enum name name)
{
	while (!tree_at(tree, name) && tree_depth(tree) > 1)
		tree_pop(tree);
	tree_pop(tree);
}

void
tree_unstack(struct tree *tree, uint32_t id)
{
	tree_unstack_at(tree, ids_find(&tree->stack, id));
	tree_forget(tree, id);
}

bool
tree_same_name(const struct tree *tree, const struct node *node, const struct token *tag)
{
	const char *name = tree->page + node->text;

	if (node->name != tag->name || node->name != NAME_OTHER)
		return node->name == tag->name;
	/* What is behind the name is in the page: its tag is closed. */
	return strncasecmp(name, tag->text, tag->len) == 0 &&
	    ascii_ends_name(name[tag->len]);
}

/* The next node in document order; those inside of the one given if into. */
static uint32_t
next_node(const struct tree *tree, uint32_t id, bool into)
{
	if (into && tree_node(tree, id)->first != 0)
		return tree_node(tree, id)->first;
	while (id != 0 && tree_node(tree, id)->next == 0)
		id = tree_node(tree, id)->parent;
	return tree_node(tree, id)->next;
}

uint32_t
tree_next_wanted(const struct tree *tree, uint32_t id)
{
	do {
		const struct node *node = tree_node(tree, id);

		id = next_node(
		    tree, id, node->name != NAME_TEMPLATE || node->space != SPACE_HTML);
	} while (id != 0 && !tree_node(tree, id)->wanted);
	return id;
}
