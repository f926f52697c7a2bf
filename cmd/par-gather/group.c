/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "group.h"
#include "hash.h"
#include "num.h"
#include "trouble.h"

enum {
	CHUNK_FIRST = 48, /* bytes of a list; each piece is twice the one before, */
	CHUNK_LAST = 64 << 10 /* up to this */
};

int
group_open(struct group *group, const struct gather_plan *plan)
{
	size_t state =
	    sizeof(struct group_state) + plan->columns_count * sizeof(struct number);

	*group = (struct group){ .plan = plan };
	return table_open(
	    &group->table, state, num_clip(plan->memory), hash_random_seed());
}

void
group_close(struct group *group)
{
	table_close(&group->table);
	bytes_free(&group->joined);
}

/* Put the fields before and behind the key together.  0, or -1 if no memory. */
static int
join_values(struct group *group, struct group_add *out, const char *data)
{
	size_t before = (size_t)(out->key.data - data), len = before + out->values.len;
	char *joined = bytes_anew(&group->joined, len);

	if (joined == NULL)
		return -1;
	joined[0] = '\t';
	memcpy(joined + 1, data, before - 1);
	memcpy(joined + before, out->values.data, out->values.len);
	out->values = (struct field){ joined, len };
	return 0;
}

const char *
group_take_numbers(const struct gather_plan *plan, const char *data, size_t len,
    struct number *numbers, uint64_t *number)
{
	for (size_t i = 0; i < plan->columns_count; i++) {
		struct field field;
		const char *why;

		if (plan->columns[i].kind == COLUMN_COUNT)
			continue;
		*number = plan->columns[i].field;
		if (!field_at(data, len, (size_t)*number - 1, &field))
			return "is missing";
		why = number_parse(field.data, field.len, &numbers[i]);
		if (why != NULL)
			return why;
	}
	return NULL;
}

static uint64_t
count_values(struct field values)
{
	const char *at = values.data, *end = at + values.len;
	uint64_t count = 0;

	while ((at = memchr(at, '\t', (size_t)(end - at))) != NULL) {
		count++;
		at++;
	}
	return count;
}

const char *
group_take_apart(struct group *group, const char *data, size_t len, struct group_add *out)
{
	const struct gather_plan *plan = group->plan;
	const char *end = data + len;

	*out =
	    (struct group_add){ .key = { data, len }, .seq = group->seq, .records = 1 };
	if (plan->key > 0 && !field_at(data, len, (size_t)plan->key - 1, &out->key))
		return "is the key, and is missing";
	out->values.data = out->key.data + out->key.len;
	out->values.len = (size_t)(end - out->values.data);
	if (plan->group && out->key.data > data && join_values(group, out, data) < 0)
		return trouble_no_memory;
	out->hash = hash_bytes(out->key.data, out->key.len, group->table.seed);
	if (plan->group && (plan->first > 0 || plan->columns_count > 0))
		out->count = count_values(out->values);
	return NULL;
}

static struct list_piece *
new_piece(struct group *group, const struct list_piece *last, size_t needed)
{
	size_t size = last == NULL ? CHUNK_FIRST : (size_t)last->size * 2;
	struct list_piece *piece;

	if (size > CHUNK_LAST)
		size = CHUNK_LAST;
	if (size < needed)
		size = needed;
	piece = table_take(&group->table, sizeof(*piece) + size);
	if (piece != NULL)
		*piece = (struct list_piece){ .size = (uint32_t)size };
	return piece;
}

/* Add to a list; 0, or -1 if there is no room, and nothing is added. */
static int
append(struct group *group, struct list *list, struct field add)
{
	struct list_piece *tail = list->tail;
	size_t fits = tail == NULL ? 0 : tail->size - tail->used, left;

	if (fits > add.len)
		fits = add.len;
	left = add.len - fits;
	if (left > 0) {
		struct list_piece *more = new_piece(group, tail, left);

		if (more == NULL)
			return -1;
		memcpy(more->bytes, add.data + fits, left);
		more->used = (uint32_t)left;
		if (tail == NULL)
			list->head = more;
		else
			tail->next = more;
		list->tail = more;
	}
	if (fits > 0) {
		memcpy(tail->bytes + tail->used, add.data, fits);
		tail->used += (uint32_t)fits;
	}
	return 0;
}

size_t
list_len(const struct list *list)
{
	size_t len = 0;

	for (const struct list_piece *c = list->head; c != NULL; c = c->next)
		len += c->used;
	return len;
}

void
list_copy(const struct list *list, char *dst)
{
	for (const struct list_piece *c = list->head; c != NULL; c = c->next) {
		memcpy(dst, c->bytes, c->used);
		dst += c->used;
	}
}

/* Leave at most count of values, of which there are *count. */
static void
shorten(struct field *values, uint64_t *count, uint64_t most)
{
	const char *at = values->data, *end;

	if (*count <= most)
		return;
	*count = most;
	end = at + values->len;
	for (at = memchr(at, '\t', (size_t)(end - at)); most > 0; most--)
		at = memchr(at + 1, '\t', (size_t)(end - at) - 1);
	values->len = (size_t)(at - values->data);
}

static int
add_values(struct group *group, struct group_state *state, const struct group_add *add)
{
	const struct gather_plan *plan = group->plan;
	struct field values = add->values;
	uint64_t count = add->count;

	if (plan->first > 0)
		shorten(&values, &count, plan->first - state->values);
	if (gather_plan_values(plan) && append(group, &state->list, values) < 0)
		return -1;
	state->values += count;
	return 0;
}

static void
add_numbers(
    const struct gather_plan *plan, struct group_state *state, const struct number *add)
{
	bool none = state->records == 0;

	for (size_t i = 0; i < plan->columns_count; i++) {
		struct number *number = &state->numbers[i];
		enum column_kind kind = plan->columns[i].kind;

		if (kind == COLUMN_SUM || kind == COLUMN_MEAN)
			number_add(number, &add[i]);
		else if (none ||
		    (kind == COLUMN_MIN && number_compare(&add[i], number) < 0) ||
		    (kind == COLUMN_MAX && number_compare(&add[i], number) > 0))
			*number = add[i];
	}
}

/* --join-keys names the key, for its place seq; the first place is the entry's. */
static int
ask(struct group *group, struct table_entry *entry, struct group_state *state,
    uint64_t seq)
{
	if ((entry->flags & GROUP_ASKED) == 0) {
		entry->flags |= GROUP_ASKED;
		return 0;
	}
	return append(
	    group, &state->again, (struct field){ (const char *)&seq, sizeof(seq) });
}

static int
try_add(struct group *group, const struct group_add *add)
{
	struct table *table = &group->table;
	struct table_entry *entry;
	struct group_state *state;
	bool fresh;
	uint32_t index = table_add(table, add->key.data, add->key.len, add->hash, &fresh);

	if (index == TABLE_FULL)
		return -1;
	entry = table_entry(table, index);
	state = group_state(group, index);
	if (fresh) {
		entry->seq = add->seq;
		if (add->seq >= group->seq)
			group->seq = add->seq + 1;
	}
	if (add->asked && ask(group, entry, state, add->seq) < 0)
		return -1;
	if (add->again.len > 0 && append(group, &state->again, add->again) < 0)
		return -1;
	if (group->plan->group && add_values(group, state, add) < 0)
		return -1;
	if (add->records > 0 && group->plan->columns_count > 0)
		add_numbers(group->plan, state, add->numbers);
	state->records += add->records;
	return 0;
}

int
group_add(struct group *group, const struct group_add *add)
{
	size_t limit = group->table.limit;
	int got = try_add(group, add);

	if (got == 0 || group->table.count > 1)
		return got;
	/* Alone in the table, a key has all the memory that it needs. */
	group->table.limit = SIZE_MAX;
	got = try_add(group, add);
	group->table.limit = limit;
	return got;
}
