/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ascii.h"
#include "tree.h"

/* Formatting elements in the list; 0 is a marker. */
static size_t
list_length(const struct tree *tree)
{
	return tree->active.used / sizeof(uint32_t);
}

static uint32_t *
list_at(const struct tree *tree, size_t i)
{
	return (uint32_t *)(void *)tree->active.data + i;
}

static void
push_id(struct room *room, uint32_t id)
{
	memcpy(room_add(room, sizeof(id)), &id, sizeof(id));
	room->used += sizeof(id);
}

/* Put id in front of the i-th of room. */
static void
insert_id(struct room *room, size_t i, uint32_t id)
{
	size_t at = i * sizeof(id);

	room_add(room, sizeof(id));
	memmove(room->data + at + sizeof(id), room->data + at, room->used - at);
	memcpy(room->data + at, &id, sizeof(id));
	room->used += sizeof(id);
}

static void
remove_id(struct room *room, size_t i)
{
	char *at = room->data + i * sizeof(uint32_t);
	char *next = at + sizeof(uint32_t);

	memmove(at, next, (size_t)(room->data + room->used - next));
	room->used -= sizeof(uint32_t);
}

/* Where id, which is there, is in room: looked for from the end on. */
static size_t
index_of(const struct room *room, uint32_t id)
{
	const uint32_t *ids = (const uint32_t *)(const void *)room->data;
	size_t i = room->used / sizeof(id);

	while (i > 0 && ids[i - 1] != id)
		i--;
	return i - 1;
}

void
tree_begin(struct tree *tree, const char *page, size_t len, const bool *wanted)
{
	tree->page = page;
	tree->wanted = wanted;
	tree->nodes.used = tree->stack.used = tree->active.used = 0;
	tree->spare = 0;
	memset(tree->open, 0, sizeof(tree->open));
	tree->foster = tree->overflow = false;
	tree->copies = TREE_COPIES * len + TREE_COPIES_MORE;
	memset(room_add(&tree->nodes, sizeof(struct node)), 0, sizeof(struct node));
	tree->nodes.used = sizeof(struct node);
}

void
tree_close(struct tree *tree)
{
	free(tree->nodes.data);
	free(tree->stack.data);
	free(tree->active.data);
}

/* A node that stands nowhere. */
static uint32_t
new_node(struct tree *tree, enum name name, enum space space)
{
	uint32_t id = tree->spare;
	struct node *node;

	if (id != 0) {
		node = tree_node(tree, id);
		tree->spare = node->next;
	} else {
		node = (struct node *)(void *)room_add(&tree->nodes, sizeof(*node));
		id = (uint32_t)(tree->nodes.used / sizeof(*node));
		tree->nodes.used += sizeof(*node);
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
static void
attach(struct tree *tree, uint32_t id, uint32_t parent_id, uint32_t before)
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
static void
forget(struct tree *tree, uint32_t id)
{
	struct node *node = tree_node(tree, id);

	if (node->wanted || node->open || node->listed || node->kept || node->first != 0)
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
static void
place(struct tree *tree, uint32_t id, uint32_t target)
{
	const struct node *node = tree_node(tree, target);
	uint32_t table, template;
	size_t table_at, template_at;

	if (!tree->foster || node->space != SPACE_HTML ||
	    !name_is(node->name, IS_TABLE_PART)) {
		attach(tree, id, target, 0);
		return;
	}
	table = last_open(tree, NAME_TABLE, &table_at);
	template = last_open(tree, NAME_TEMPLATE, &template_at);
	if (template != 0 && (table == 0 || template_at > table_at))
		attach(tree, id, template, 0);
	else if (table == 0)
		attach(tree, id, tree_open_at(tree, 0), 0);
	else if (tree_node(tree, table)->parent != 0)
		attach(tree, id, tree_node(tree, table)->parent, table);
	else
		attach(tree, id, tree_open_at(tree, table_at - 1), 0);
}

/* Is it one that may hold links?  MathML has none. */
static bool
is_wanted(const struct tree *tree, const struct token *tag, enum space space)
{
	const char *value;
	size_t len;

	if (!tree->wanted[tag->name] || space == SPACE_MATH)
		return false;
	if (tag->name != NAME_A && tag->name != NAME_AREA)
		return true;
	return attribute_find(tag->text + tag->len, tag->end, "href", &value, &len);
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
	uint32_t id = new_node(tree, tag->name, space);
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

	push_id(&tree->stack, id);
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
	place(tree, id, tree_current(tree));
	tree_stack(tree, id);
	return id;
}

void
tree_insert_void(struct tree *tree, const struct token *tag, enum space space)
{
	if (is_wanted(tree, tag, space))
		place(tree, node_of(tree, tag, space, true), tree_current(tree));
}

uint32_t
tree_insert_implied(struct tree *tree, enum name name)
{
	uint32_t id = new_node(tree, name, SPACE_HTML);

	place(tree, id, tree_current(tree));
	tree_stack(tree, id);
	return id;
}

/* The i-th of the stack is no longer open. */
static void
unstack_at(struct tree *tree, size_t i)
{
	struct node *node = tree_node(tree, tree_open_at(tree, i));

	remove_id(&tree->stack, i);
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
	unstack_at(tree, tree_depth(tree) - 1);
	forget(tree, id);
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
	unstack_at(tree, index_of(&tree->stack, id));
	forget(tree, id);
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

/* Of SVG and MathML, what holds HTML or text of it. */
static bool
is_foreign_special(const struct node *node)
{
	if (node->space == SPACE_SVG)
		return name_is(node->name, IS_SVG_POINT);
	return name_is(node->name, IS_MATH_POINT) || node->name == NAME_ANNOTATION_XML;
}

bool
tree_is_special(const struct node *node)
{
	if (node->space != SPACE_HTML)
		return is_foreign_special(node);
	return name_is(node->name, IS_SPECIAL);
}

/* Does a node bound a scope?  flags is IS_SCOPE or IS_TABLE_SCOPE. */
static bool
bounds(const struct node *node, unsigned flags)
{
	if (node->space == SPACE_HTML)
		return name_is(node->name, flags);
	return flags == IS_SCOPE && is_foreign_special(node);
}

/* In scope, where elements called more and most bound it too. */
static bool
in_scope(const struct tree *tree, enum name name, unsigned flags, enum name more,
    enum name most)
{
	if (tree->open[name] == 0)
		return false;
	for (size_t i = tree_depth(tree); i > 0; i--) {
		const struct node *node = tree_node(tree, tree_open_at(tree, i - 1));
		bool html = node->space == SPACE_HTML;

		if (html && node->name == name)
			return true;
		if (bounds(node, flags) ||
		    (html && more != NAME_OTHER &&
			(node->name == more || node->name == most)))
			return false;
	}
	return false;
}

bool
tree_in_scope(const struct tree *tree, enum name name)
{
	return in_scope(tree, name, IS_SCOPE, NAME_OTHER, NAME_OTHER);
}

bool
tree_in_table_scope(const struct tree *tree, enum name name)
{
	return in_scope(tree, name, IS_TABLE_SCOPE, NAME_OTHER, NAME_OTHER);
}

bool
tree_in_button_scope(const struct tree *tree, enum name name)
{
	return in_scope(tree, name, IS_SCOPE, NAME_BUTTON, NAME_BUTTON);
}

bool
tree_in_list_scope(const struct tree *tree, enum name name)
{
	return in_scope(tree, name, IS_SCOPE, NAME_OL, NAME_UL);
}

bool
tree_heading_in_scope(const struct tree *tree)
{
	for (enum name name = NAME_H1; name <= NAME_H6; name++)
		if (tree_in_scope(tree, name))
			return true;
	return false;
}

bool
tree_node_in_scope(const struct tree *tree, uint32_t id)
{
	size_t i = tree_node(tree, id)->open ? tree_depth(tree) : 0;

	for (; i > 0; i--) {
		uint32_t open = tree_open_at(tree, i - 1);

		if (open == id)
			return true;
		if (bounds(tree_node(tree, open), IS_SCOPE))
			return false;
	}
	return false;
}

void
tree_imply_ends(struct tree *tree, unsigned flags, enum name but)
{
	for (;;) {
		const struct node *node = tree_node(tree, tree_current(tree));

		if (node->space != SPACE_HTML || !name_is(node->name, flags) ||
		    node->name == but)
			return;
		tree_pop(tree);
	}
}

uint32_t
tree_listed(const struct tree *tree, enum name name)
{
	for (size_t i = list_length(tree); i > 0 && *list_at(tree, i - 1) != 0; i--)
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
	for (size_t i = list_length(tree); i > 0 && *list_at(tree, i - 1) != 0; i--)
		if (is_alike(tree, node, tree_node(tree, *list_at(tree, i - 1)))) {
			alike++;
			earliest = *list_at(tree, i - 1);
		}
	if (alike >= 3)
		tree_unlist(tree, (uint32_t)earliest);
	push_id(&tree->active, id);
	tree_node(tree, id)->listed = true;
}

void
tree_list_marker(struct tree *tree)
{
	push_id(&tree->active, 0);
}

/* Take the i-th out of the list. */
static void
unlist_at(struct tree *tree, size_t i)
{
	uint32_t id = *list_at(tree, i);

	remove_id(&tree->active, i);
	tree_node(tree, id)->listed = false;
	forget(tree, id);
}

void
tree_unlist(struct tree *tree, uint32_t id)
{
	if (tree_node(tree, id)->listed)
		unlist_at(tree, index_of(&tree->active, id));
}

void
tree_unlist_to_marker(struct tree *tree)
{
	size_t i = list_length(tree);

	while (i > 0 && *list_at(tree, i - 1) != 0)
		unlist_at(tree, --i);
	if (i > 0)
		remove_id(&tree->active, i - 1);
}

/* A node of the same tag, which stands nowhere. */
static uint32_t
copy_node(struct tree *tree, uint32_t id)
{
	struct node node = *tree_node(tree, id);
	uint32_t copy = new_node(tree, node.name, node.space);
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
	size_t length = list_length(tree), i = length;

	while (i > 0 && *list_at(tree, i - 1) != 0 &&
	    !tree_node(tree, *list_at(tree, i - 1))->open)
		i--;
	for (; i < length && tree_depth(tree) < TREE_DEPTH; i++) {
		uint32_t id = *list_at(tree, i), copy = copy_node(tree, id);

		place(tree, copy, tree_current(tree));
		tree_stack(tree, copy);
		relist(tree, i, copy);
		forget(tree, id);
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
	size_t at = index_of(&tree->stack, work->furthest);
	uint32_t last = work->furthest;

	for (size_t count = 1; tree_open_at(tree, --at) != work->formatting; count++) {
		uint32_t id = tree_open_at(tree, at), copy;
		bool listed = tree_node(tree, id)->listed;
		size_t i = listed ? index_of(&tree->active, id) : 0;

		if (listed && count > 3) {
			remove_id(&tree->active, i);
			work->bookmark -= i < work->bookmark;
			tree_node(tree, id)->listed = listed = false;
		}
		if (!listed) {
			unstack_at(tree, at);
			continue;
		}
		copy = copy_node(tree, id);
		relist(tree, i, copy);
		((uint32_t *)(void *)tree->stack.data)[at] = copy;
		tree_node(tree, copy)->open = true;
		tree_node(tree, id)->open = false;
		if (last == work->furthest)
			work->bookmark = i + 1;
		tree_detach(tree, last);
		attach(tree, last, copy, 0);
		forget(tree, id);
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
	attach(tree, copy, work->furthest, 0);
	i = index_of(&tree->active, work->formatting);
	remove_id(&tree->active, i);
	insert_id(&tree->active, work->bookmark - (i < work->bookmark), copy);
	tree_node(tree, work->formatting)->listed = false;
	tree_node(tree, copy)->listed = true;
	unstack_at(tree, index_of(&tree->stack, work->formatting));
	forget(tree, work->formatting);
	insert_id(&tree->stack, index_of(&tree->stack, work->furthest) + 1, copy);
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
	at = block = index_of(&tree->stack, formatting);
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
	work.bookmark = index_of(&tree->active, formatting);
	ancestor = tree_open_at(tree, at - 1);
	last = adopt_between(tree, &work);
	tree_detach(tree, last);
	place(tree, last, ancestor);
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
