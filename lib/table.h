/* SPDX-License-Identifier: ISC */
/*
 * table - keys in the order of first sight, each with a state of the caller's.
 *
 * Keys are copied into an arena: nothing is allocated for a record, and only
 * part of an allocation for a key.  The memory of a table is bounded: a key
 * that would need more is refused, and the caller spills or gives up.
 */
#ifndef PAR_TABLE_H
#define PAR_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

#define TABLE_FULL UINT32_MAX

/* Its state is behind it. */
struct table_entry {
	_Alignas(max_align_t) const char *key;
	uint64_t hash;
	uint64_t seq; /* the caller's: when it was first seen, say */
	uint32_t len;
	uint32_t flags; /* the caller's */
};

struct table_slot {
	uint32_t tag; /* of the hash, to spare a look at the entry */
	uint32_t place; /* index of the entry plus one; 0: free */
};

struct table {
	struct arena arena; /* the keys, and what the caller takes for states */
	struct table_slot *slots;
	char *entries;
	size_t stride, room; /* bytes, and number, of entries */
	uint32_t count, mask;
	size_t limit; /* bytes */
	uint64_t seed;
	bool exhausted; /* the system, not the limit, refused memory */
};

/* Each key has state_size bytes of state, zero at first, aligned as by malloc(3). */
int table_open(struct table *table, size_t state_size, size_t limit, uint64_t seed);
void table_close(struct table *table);

/* Forget all keys; the memory of the arena is given back. */
void table_clear(struct table *table);

/*
 * The index of key, which is added if it is new; *fresh tells.  TABLE_FULL if
 * it is new and there is no room.  hash is hash_bytes() of key by table->seed.
 */
uint32_t
table_add(struct table *table, const char *key, size_t len, uint64_t hash, bool *fresh);

/* The index of key, or TABLE_FULL if it is not there. */
uint32_t
table_find(const struct table *table, const char *key, size_t len, uint64_t hash);

/* size bytes for states, until table_clear(); NULL if there is no room. */
void *table_take(struct table *table, size_t size);

/* Bytes that it holds now. */
size_t table_memory(const struct table *table);

/* Valid until the next key is added. */
static inline struct table_entry *
table_entry(const struct table *table, uint32_t index)
{
	return (struct table_entry *)(void *)(table->entries + index * table->stride);
}

static inline void *
table_state(const struct table *table, uint32_t index)
{
	return table->entries + index * table->stride + sizeof(struct table_entry);
}

/*
 * Tables are larger than caches.  For a batch of keys, have what table_add() will
 * look at brought near: for all of them the slots, then the entries, and then the
 * keys.
 */
static inline void
table_near_slot(const struct table *table, uint64_t hash)
{
	__builtin_prefetch(&table->slots[hash & table->mask]);
}

void table_near_entry(const struct table *table, uint64_t hash);
void table_near_key(const struct table *table, uint64_t hash);

#endif
