/* SPDX-License-Identifier: ISC */
/*
 * The model of a table is an array of keys, looked through from the start.
 */
#include <string.h>

#include "chance.h"
#include "check.h"
#include "hash.h"
#include "memory.h"
#include "table.h"

enum { KEYS = 600, LONGEST = 12 };

static struct {
	char keys[KEYS][LONGEST];
	size_t lens[KEYS];
	uint64_t states[KEYS], seqs[KEYS];
	uint32_t count;
} model;

static uint32_t
model_find(const char *key, size_t len)
{
	uint32_t i = 0;

	while (i < model.count &&
	    (model.lens[i] != len || memcmp(model.keys[i], key, len) != 0))
		i++;
	return i;
}

/* Hashes that are often alike, in their lower half, their upper, or wholly. */
static uint64_t
poor_hash(const char *key, size_t len, int kind)
{
	uint64_t hash = hash_bytes(key, len, 0);

	switch (kind) {
	case 0:
		return hash;
	case 1:
		return hash & ~(uint64_t)0xffffffff; /* one slot */
	case 2:
		return hash & 0xffffffff; /* one tag */
	case 3:
		return (hash & 7) << 32 | (hash & 0x300) >> 8;
	default:
		return UINT64_MAX; /* the last slot, and on from the first */
	}
}

static void
add(struct table *table, int kind)
{
	char key[LONGEST];
	size_t len = chance_below(LONGEST);
	uint64_t hash, *state;
	uint32_t at, index;
	bool fresh = true;

	chance_bytes_of(key, len, "ab", 2);
	hash = poor_hash(key, len, kind);
	at = model_find(key, len);
	check_is(table_find(table, key, len, hash), at < model.count ? at : TABLE_FULL);
	table_near_slot(table, hash);
	table_near_entry(table, hash);
	table_near_key(table, hash);
	if (at == KEYS)
		return;
	index = table_add(table, key, len, hash, &fresh);
	check_is(index, at);
	check_is(fresh, at == model.count);
	if (fresh) {
		memcpy(model.keys[at], key, len);
		model.lens[at] = len;
		model.states[at] = 0;
		model.seqs[at] = 0;
		model.count++;
	}
	state = table_state(table, index);
	check_is((uintptr_t)state % _Alignof(max_align_t), 0);
	check_is(*state, model.states[at]);
	check_is(table_entry(table, index)->seq, model.seqs[at]);
	*state = model.states[at] = chance();
	table_entry(table, index)->seq = model.seqs[at] = chance();
}

static void
compare(const struct table *table)
{
	check_is(table->count, model.count);
	for (uint32_t i = 0; i < model.count; i++) {
		const struct table_entry *entry = table_entry(table, i);

		check_bytes(entry->key, entry->len, model.keys[i], model.lens[i]);
		check_is(entry->seq, model.seqs[i]);
		check_is(*(const uint64_t *)table_state(table, i), model.states[i]);
	}
}

static void
agrees(void)
{
	for (int kind = 0; kind < 5; kind++) {
		struct table table;

		check_is(table_open(&table, 2 * sizeof(uint64_t), SIZE_MAX, 1), 0);
		check_is(table.seed, 1);
		model.count = 0;
		for (uint64_t step = 1; step <= 8000; step++) {
			check_at(step);
			add(&table, kind);
			if (chance_one_in(100))
				compare(&table);
			if (chance_one_in(3000)) {
				table_clear(&table);
				model.count = 0;
			}
		}
		compare(&table);
		table_close(&table);
		check(table.slots == NULL && table.entries == NULL);
	}
}

static uint32_t
add_number(struct table *table, uint64_t number, bool *fresh)
{
	return table_add(table, (const char *)&number, sizeof(number),
	    hash_bytes(&number, sizeof(number), table->seed), fresh);
}

/* Fill a table of this limit; how many keys it took. */
static uint64_t
fill(size_t limit, size_t state_size)
{
	struct table table;
	uint64_t number = 0;
	bool fresh;

	check_is(table_open(&table, state_size, limit, 5), 0);
	while (add_number(&table, number, &fresh) == number && number < 500000) {
		check(fresh);
		check(table_memory(&table) <= limit + (1 << 20) + 64);
		check(table.count <= ((size_t)table.mask + 1) / 4 * 3);
		number++;
	}
	check(!fresh);
	check(!table.exhausted);
	check_is(table.count, number);
	/* Those that are there are found, also when it is full. */
	for (uint64_t i = 0; i < number; i++)
		check_is(add_number(&table, i, &fresh), i);
	check_is(add_number(&table, number, &fresh), TABLE_FULL);
	table_clear(&table);
	check_is(table.count, 0);
	check(table_memory(&table) <= limit);
	check_is(add_number(&table, 77, &fresh), 0);
	check(fresh);
	table_close(&table);
	return number;
}

/* A table takes as many keys as have room, and no more memory than it may have. */
static void
bounded(void)
{
	uint64_t small = fill(1 << 20, 8), large = fill(8 << 20, 8);

	check(small > 5000 && small < 20000);
	check(large > 6 * small);
	check(fill(8 << 20, 200) < large / 2);
	check(fill(60000, 0) > 200); /* less than the first block, slots and entries */
}

static void
takes(void)
{
	struct table table;
	size_t limit, taken = 0;
	char *piece;

	check_is(table_open(&table, 0, 1 << 20, 1), 0);
	limit = table.limit;
	while ((piece = table_take(&table, 1000)) != NULL) {
		check_is((uintptr_t)piece % _Alignof(max_align_t), 0);
		memset(piece, 1, 1000);
		taken += 1000;
		check(table_memory(&table) <= limit + (300 << 10));
	}
	check(taken > limit / 2 && taken < limit + (300 << 10));
	check(!table.exhausted);
	table_clear(&table);
	check(table_take(&table, 1000) != NULL);
	table_close(&table);
}

static void
starve(void)
{
	struct table table;
	bool fresh;
	uint64_t number = 0;

	if (table_open(&table, 8, SIZE_MAX, 5) < 0) {
		check(memory_failed());
		table_close(&table);
		return;
	}
	while (number < 3000 && add_number(&table, number, &fresh) == number)
		number++;
	check(number == 3000 || (memory_failed() && table.exhausted));
	check_is(table.count, number);
	for (uint64_t i = 0; i < number; i++)
		check_is(add_number(&table, i, &fresh), i);
	if (table_take(&table, 50000) == NULL)
		check(memory_failed() && table.exhausted);
	table_close(&table);
}

static void
starves(void)
{
	memory_torment(starve);
}

TESTS("table", { "agrees with an array", agrees }, { "memory in bounds", bounded },
    { "pieces for states", takes }, { "without memory", starves })
