/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

enum { FIRST_SLOTS = 1024, FIRST_ROOM = 512 };

/* Their numbers have 32 bits, and memory no more than SIZE_MAX. */
static const uint64_t SLOTS_MOST = SIZE_MAX / sizeof(struct table_slot) < (uint64_t)1
	    << 32
    ? SIZE_MAX / sizeof(struct table_slot)
    : (uint64_t)1 << 32;

int
table_open(struct table *table, size_t state_size, size_t limit, uint64_t seed)
{
	*table = (struct table){ .limit = limit, .seed = seed };
	table->stride = sizeof(struct table_entry) + ((state_size + 15) & ~(size_t)15);
	table->room = FIRST_ROOM;
	table->mask = FIRST_SLOTS - 1;
	table->slots = calloc(FIRST_SLOTS, sizeof(*table->slots));
	table->entries = malloc(table->room * table->stride);
	return table->slots == NULL || table->entries == NULL ? -1 : 0;
}

void
table_close(struct table *table)
{
	arena_release(&table->arena);
	free(table->slots);
	free(table->entries);
	table->slots = NULL;
	table->entries = NULL;
}

void
table_clear(struct table *table)
{
	arena_release(&table->arena);
	memset(table->slots, 0, ((size_t)table->mask + 1) * sizeof(*table->slots));
	table->count = 0;
}

size_t
table_memory(const struct table *table)
{
	return table->arena.total + table->room * table->stride +
	    ((size_t)table->mask + 1) * sizeof(*table->slots);
}

static uint32_t
tag_of(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

uint32_t
table_find(const struct table *table, const char *key, size_t len, uint64_t hash)
{
	uint32_t at = (uint32_t)hash & table->mask, tag = tag_of(hash);

	for (; table->slots[at].place != 0; at = (at + 1) & table->mask) {
		const struct table_entry *entry;

		if (table->slots[at].tag != tag)
			continue;
		entry = table_entry(table, table->slots[at].place - 1);
		if (entry->hash == hash && entry->len == len &&
		    memcmp(entry->key, key, len) == 0)
			return table->slots[at].place - 1;
	}
	return TABLE_FULL;
}

/* The first entry whose tag is that of hash, or NULL. */
static const struct table_entry *
likely(const struct table *table, uint64_t hash)
{
	uint32_t at = (uint32_t)hash & table->mask, tag = tag_of(hash);

	for (; table->slots[at].place != 0; at = (at + 1) & table->mask)
		if (table->slots[at].tag == tag)
			return table_entry(table, table->slots[at].place - 1);
	return NULL;
}

void
table_near_entry(const struct table *table, uint64_t hash)
{
	const char *entry = (const char *)likely(table, hash);

	if (entry == NULL)
		return;
	__builtin_prefetch(entry);
	__builtin_prefetch(entry + table->stride - 1);
}

void
table_near_key(const struct table *table, uint64_t hash)
{
	const struct table_entry *entry = likely(table, hash);

	if (entry != NULL)
		__builtin_prefetch(entry->key);
}

static void
put_slot(struct table *table, uint64_t hash, uint32_t index)
{
	uint32_t at = (uint32_t)hash & table->mask;

	while (table->slots[at].place != 0)
		at = (at + 1) & table->mask;
	table->slots[at] = (struct table_slot){ .tag = tag_of(hash), .place = index + 1 };
}

/* Twice as many slots. */
static int
grow_slots(struct table *table)
{
	uint64_t slots = ((uint64_t)table->mask + 1) * 2;
	struct table_slot *larger;

	if (slots > SLOTS_MOST ||
	    table_memory(table) + slots * sizeof(*larger) > table->limit)
		return -1;
	larger = calloc((size_t)slots, sizeof(*larger));
	if (larger == NULL) {
		table->exhausted = true;
		return -1;
	}
	free(table->slots);
	table->slots = larger;
	table->mask = (uint32_t)(slots - 1);
	for (uint32_t i = 0; i < table->count; i++)
		put_slot(table, table_entry(table, i)->hash, i);
	return 0;
}

/* Room for more entries: by half, not by grow(), for all that it has is counted. */
static int
grow_entries(struct table *table)
{
	size_t room = table->room + table->room / 2 + 1;
	char *larger;

	if (table_memory(table) + (room - table->room) * table->stride > table->limit)
		return -1;
	larger = realloc(table->entries, room * table->stride);
	if (larger == NULL) {
		table->exhausted = true;
		return -1;
	}
	table->entries = larger;
	table->room = room;
	return 0;
}

/* Has the arena room for size bytes, or may it take another block? */
static bool
arena_has(const struct table *table, size_t size)
{
	return (size_t)(table->arena.end - table->arena.at) >= size ||
	    table_memory(table) + size <= table->limit;
}

/* Is there room for another key of len bytes, if need be made? */
static bool
has_room(struct table *table, size_t len)
{
	size_t slots = (size_t)table->mask + 1;

	/* 3 of 4 slots are taken at the most. */
	if (table->count >= slots / 4 * 3 && grow_slots(table) < 0)
		return false;
	if (table->count == table->room && grow_entries(table) < 0)
		return false;
	return arena_has(table, len);
}

void *
table_take(struct table *table, size_t size)
{
	void *piece = NULL;

	if (arena_has(table, size + 16)) {
		piece = arena_take(&table->arena, size, _Alignof(max_align_t));
		table->exhausted |= piece == NULL;
	}
	return piece;
}

uint32_t
table_add(struct table *table, const char *key, size_t len, uint64_t hash, bool *fresh)
{
	uint32_t index = table_find(table, key, len, hash);
	struct table_entry *entry;
	char *copy;

	*fresh = false;
	if (index != TABLE_FULL)
		return index;
	if (len >= UINT32_MAX || !has_room(table, len))
		return TABLE_FULL;
	copy = arena_take(&table->arena, len, 1);
	if (copy == NULL) {
		table->exhausted = true;
		return TABLE_FULL;
	}
	memcpy(copy, key, len);
	index = table->count++;
	entry = table_entry(table, index);
	memset(entry, 0, table->stride);
	entry->key = copy;
	entry->hash = hash;
	entry->len = (uint32_t)len;
	put_slot(table, hash, index);
	*fresh = true;
	return index;
}
