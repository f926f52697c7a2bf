/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "field.h"
#include "group.h"
#include "hash.h"
#include "num.h"
#include "table.h"

enum {
	CHUNK_FIRST = 48, /* bytes of values; each chunk is twice the one before, */
	CHUNK_LAST = 64 << 10 /* up to this */
};

/* A piece of the values of a key: TAB value TAB value ... */
struct chunk {
	struct chunk *next;
	uint32_t used, size;
	char bytes[];
};

struct state {
	uint64_t records, values;
	struct chunk *head, *tail;
};

struct group {
	const struct plan *plan;
	struct gather *gather;
	struct table table;
	char *joined; /* scratch of join_values() */
	size_t joined_size;
};

/* A record taken apart: its key, and the other fields, each after a TAB. */
struct parts {
	struct field key, values;
};

/* Put the fields before and behind the key together.  0, or -1 if no memory. */
static int
join_values(struct group *group, struct parts *parts, const char *data)
{
	size_t before = (size_t)(parts->key.data - data),
	       len = before + parts->values.len;
	char *joined = group->joined;

	if (group->joined_size < len) {
		joined = realloc(joined, len * 2);
		if (joined == NULL)
			return -1;
		group->joined = joined;
		group->joined_size = len * 2;
	}
	joined[0] = '\t';
	memcpy(joined + 1, data, before - 1);
	memcpy(joined + before, parts->values.data, parts->values.len);
	parts->values = (struct field){ joined, len };
	return 0;
}

/* NULL, or why the record cannot be grouped. */
static const char *
take_apart(struct group *group, struct parts *out, const char *data, size_t len)
{
	uint64_t key = group->plan->key;
	const char *end = data + len;

	out->key = (struct field){ data, len };
	if (key > 0 && !field_at(data, len, key - 1, &out->key))
		return "has no such field as --key names";
	out->values.data = out->key.data + out->key.len;
	out->values.len = (size_t)(end - out->values.data);
	if (out->key.data > data && group->plan->group &&
	    join_values(group, out, data) < 0)
		die(STATUS_BROKEN, ENOMEM, "values");
	return NULL;
}

static struct chunk *
new_chunk(struct group *group, const struct chunk *last, size_t needed)
{
	size_t size = last == NULL ? CHUNK_FIRST : (size_t)last->size * 2;
	struct chunk *chunk;

	if (size > CHUNK_LAST)
		size = CHUNK_LAST;
	if (size < needed)
		size = needed;
	chunk = table_take(&group->table, sizeof(*chunk) + size);
	if (chunk != NULL)
		*chunk = (struct chunk){ .size = (uint32_t)size };
	return chunk;
}

/* Add len bytes to the values; 0, or -1 if there is no room, and nothing is added. */
static int
append(struct group *group, struct state *state, const char *data, size_t len)
{
	struct chunk *tail = state->tail;
	size_t fits = tail == NULL ? 0 : tail->size - tail->used;

	if (fits > len)
		fits = len;
	if (fits < len) {
		struct chunk *more = new_chunk(group, tail, len - fits);

		if (more == NULL)
			return -1;
		memcpy(more->bytes, data + fits, len - fits);
		more->used = (uint32_t)(len - fits);
		if (tail == NULL)
			state->head = more;
		else
			tail->next = more;
		state->tail = more;
	}
	if (fits > 0) {
		memcpy(tail->bytes + tail->used, data, fits);
		tail->used += (uint32_t)fits;
	}
	return 0;
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

/* Count a record in; 0, or -1 if there is no room, and nothing is counted. */
static int
add_record(struct group *group, const struct parts *parts)
{
	uint64_t hash = hash_bytes(parts->key.data, parts->key.len, group->table.seed);
	struct state *state;
	bool fresh;
	uint32_t index =
	    table_add(&group->table, parts->key.data, parts->key.len, hash, &fresh);

	if (index == TABLE_FULL)
		return -1;
	state = table_state(&group->table, index);
	if (group->plan->group) {
		if (append(group, state, parts->values.data, parts->values.len) < 0)
			return -1;
		if (group->plan->count)
			state->values += count_values(parts->values);
	}
	state->records++;
	return 0;
}

static void
add_run(struct group *group, const struct record *run)
{
	const char *at = run->data, *end = at + run->len;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at)), *why;
		size_t len = (size_t)(newline - at);
		struct parts parts;

		why = take_apart(group, &parts, at, len);
		if (why != NULL)
			gather_fail(group->gather, at, len, why);
		else if (add_record(group, &parts) < 0)
			die(STATUS_BROKEN, ENOMEM, "keys");
		at = newline + 1;
	}
}

static void
put_number(struct gather *gather, uint64_t number)
{
	char text[24], *end;

	text[0] = '\t';
	end = num_format(text + 1, number);
	gather_put(gather, text, (size_t)(end - text));
}

static void
put_key(struct group *group, uint32_t index)
{
	const struct table_entry *entry = table_entry(&group->table, index);
	const struct state *state = table_state(&group->table, index);
	struct gather *gather = group->gather;

	gather_put(gather, entry->key, entry->len);
	if (group->plan->count)
		put_number(gather, group->plan->group ? state->values : state->records);
	else
		for (struct chunk *c = state->head; c != NULL; c = c->next)
			gather_put(gather, c->bytes, c->used);
	gather_put(gather, "\n", 1);
}

void
group_run(struct gather *gather, const struct plan *plan)
{
	struct group group = { .plan = plan, .gather = gather };
	struct record run;

	if (table_open(&group.table, sizeof(struct state), SIZE_MAX, hash_random_seed()) <
	    0)
		die(STATUS_BROKEN, errno, "keys");
	while (gather_next(gather, &run))
		add_run(&group, &run);
	for (uint32_t i = 0; i < group.table.count; i++)
		put_key(&group, i);
	free(group.joined);
	table_close(&group.table);
}
