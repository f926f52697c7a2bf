/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "grow.h"
#include "hash.h"
#include "items.h"
#include "spool.h"
#include "table.h"
#include "unique.h"

enum {
	FIRST_BITS = 6, /* of the hash tell the parts at first, */
	MORE_BITS = 3, /* and these each part of a part that is still too large */
	DEEPEST = 8,
	BATCH = 32, /* records whose memory is brought near together */
	RUN = 64 << 10 /* bytes that unique_next() gives at a time, or one record */
};

enum finding { SEEN, FRESH, ASIDE, LACKING, FAILED };

/* A record taken apart. */
struct probe {
	const char *data;
	size_t len;
	bool keyed;
	struct field key; /* and its hash, if it is keyed */
	uint64_t hash;
	char room[KEY_HOST_MAX]; /* for the key, if need be */
};

/* Records put aside, of which nothing is known yet. */
struct pile {
	struct spool spool; /* items: record */
	unsigned depth; /* 0: of the input itself */
};

enum { MOST_SPOOLS = 1 << 24 }; /* each of which has a file */

struct unique {
	struct unique_plan plan;
	struct table table;
	bool full; /* the table takes no more: others are put aside */
	uint64_t seen, dropped;
	struct probe batch[BATCH];
	struct pile *piles;
	size_t piles_count, piles_room;
	struct spool *fresh; /* of each pile that was gone through; items: record */
	size_t fresh_count, fresh_room;
	struct items items;
	bool reading; /* items is open */
	struct bytes run; /* what unique_next() gave */
};

struct unique *
unique_open(const struct unique_plan *plan)
{
	struct unique *unique = calloc(1, sizeof(*unique));

	if (unique == NULL)
		return NULL;
	unique->plan = *plan;
	if (table_open(&unique->table, 0, plan->memory, hash_random_seed()) < 0) {
		unique_close(unique);
		return NULL;
	}
	return unique;
}

void
unique_close(struct unique *unique)
{
	if (unique == NULL)
		return;
	items_close(&unique->items);
	for (size_t i = 0; i < unique->piles_count; i++)
		spool_close(&unique->piles[i].spool);
	for (size_t i = 0; i < unique->fresh_count; i++)
		spool_close(&unique->fresh[i]);
	table_close(&unique->table);
	free(unique->piles);
	free(unique->fresh);
	bytes_free(&unique->run);
	free(unique);
}

/* Take the record of len bytes at data apart. */
static void
probe_set(struct probe *probe, const struct unique *unique, const char *data, size_t len)
{
	probe->data = data;
	probe->len = len;
	probe->keyed = key_of(&unique->plan.key, data, len, probe->room, &probe->key);
	if (probe->keyed)
		probe->hash =
		    hash_bytes(probe->key.data, probe->key.len, unique->table.seed);
}

/* Was the key of a record seen before? */
static enum finding
judge(struct unique *unique, const struct probe *probe)
{
	const struct field *key = &probe->key;
	bool fresh = false;
	uint32_t index;

	if (!probe->keyed)
		return LACKING;
	index = unique->full
	    ? table_find(&unique->table, key->data, key->len, probe->hash)
	    : table_add(&unique->table, key->data, key->len, probe->hash, &fresh);
	if (index != TABLE_FULL)
		return fresh ? FRESH : SEEN;
	if (unique->table.exhausted) {
		errno = ENOMEM;
		return FAILED;
	}
	unique->full = true;
	return ASIDE;
}

/* Add count piles at depth to those that there are; the first of them, or NULL. */
static struct pile *
add_piles(struct unique *unique, size_t count, unsigned depth)
{
	size_t total = unique->piles_count + count;
	struct pile *more =
	    grow(unique->piles, &unique->piles_room, total, sizeof(*more), MOST_SPOOLS);

	if (more == NULL)
		return NULL;
	unique->piles = more;
	for (size_t i = unique->piles_count; i < total; i++)
		more[i] = (struct pile){ .depth = depth };
	unique->piles_count = total;
	return more + total - count;
}

/*
 * Put a record of a pile at depth aside, among the piles from first on, which are
 * made when they are needed.
 */
static int
put_aside(struct unique *unique, size_t first, unsigned depth, uint64_t seq,
    const struct probe *probe)
{
	unsigned shift = 64 - FIRST_BITS - MORE_BITS * depth;
	size_t parts = (size_t)1 << (depth == 0 ? FIRST_BITS : MORE_BITS);
	struct pile *piles;

	if (unique->piles_count == first && add_piles(unique, parts, depth + 1) == NULL)
		return -1;
	piles = unique->piles + first;
	return item_put(&piles[probe->hash >> shift & (parts - 1)].spool, seq,
	    probe->data, 0, probe->data, probe->len);
}

/* Take records up to end apart, as many as there are or go into the batch. */
static size_t
take_batch(struct unique *unique, const char *at, const char *end)
{
	const struct table *table = &unique->table;
	size_t count = 0;

	for (; count < BATCH && at < end; count++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		probe_set(&unique->batch[count], unique, at, (size_t)(newline - at));
		if (unique->batch[count].keyed)
			table_near_slot(table, unique->batch[count].hash);
		at = newline + 1;
	}
	for (size_t i = 0; i < count; i++)
		if (unique->batch[i].keyed)
			table_near_entry(table, unique->batch[i].hash);
	for (size_t i = 0; i < count; i++)
		if (unique->batch[i].keyed)
			table_near_key(table, unique->batch[i].hash);
	return count;
}

/* Move a record that is new to *to, and that on; else drop it or put it aside. */
static int
filter_one(struct unique *unique, const struct probe *probe, char **to)
{
	switch (judge(unique, probe)) {
	case FRESH:
		memmove(*to, probe->data, probe->len + 1);
		*to += probe->len + 1;
		break;
	case SEEN:
		unique->dropped++;
		break;
	case ASIDE:
		if (put_aside(unique, 0, 0, unique->seen, probe) < 0)
			return -1;
		break;
	case LACKING:
		unique->plan.lacking(unique->plan.context, probe->data, probe->len);
		break;
	case FAILED:
		return -1;
	}
	unique->seen++;
	return 0;
}

size_t
unique_filter(struct unique *unique, char *data, size_t len)
{
	const char *at = data, *end = data + len;
	char *to = data;

	while (at < end) {
		size_t count = take_batch(unique, at, end);

		for (size_t i = 0; i < count; i++)
			if (filter_one(unique, &unique->batch[i], &to) < 0)
				return SIZE_MAX;
		at = unique->batch[count - 1].data + unique->batch[count - 1].len + 1;
	}
	return (size_t)(to - data);
}

/* Tell the record of an item of pile apart. */
static int
go_through_item(struct unique *unique, size_t first, const struct pile *pile,
    const struct item *item, const char *data)
{
	struct spool *fresh = &unique->fresh[unique->fresh_count - 1];
	struct probe *probe = &unique->batch[0];

	probe_set(probe, unique, data, (size_t)item->len);
	switch (judge(unique, probe)) {
	case FRESH:
		return item_put(fresh, item->seq, data, (size_t)item->len, "\n", 1);
	case SEEN:
		unique->dropped++;
		return 0;
	case ASIDE:
		return put_aside(unique, first, pile->depth, item->seq, probe);
	case LACKING:
	case FAILED:
		break;
	}
	return -1;
}

/* Go through the last pile: its new records to a spool, or to smaller piles. */
static int
go_through(struct unique *unique)
{
	struct pile pile = unique->piles[--unique->piles_count];
	size_t first = unique->piles_count;
	struct spool *fresh = grow(unique->fresh, &unique->fresh_room,
	    unique->fresh_count + 1, sizeof(*fresh), MOST_SPOOLS);
	struct items items;
	struct item item;
	const char *data;
	int got;

	if (fresh == NULL)
		return -1;
	unique->fresh = fresh;
	fresh[unique->fresh_count++] = (struct spool){ 0 };
	table_clear(&unique->table);
	unique->table.limit = pile.depth < DEEPEST ? unique->plan.memory : SIZE_MAX;
	unique->full = false;
	if (items_open(&items, &pile.spool, 1) < 0)
		return -1;
	while ((got = items_next(&items, &item, &data)) > 0)
		if (go_through_item(unique, first, &pile, &item, data) < 0)
			return -1;
	items_close(&items);
	spool_close(&pile.spool);
	return got;
}

int
unique_next(struct unique *unique, const char **data, size_t *len)
{
	struct item item;
	const char *record;
	int got = 1;

	while (unique->piles_count > 0)
		if (go_through(unique) < 0)
			return -1;
	if (!unique->reading &&
	    items_open(&unique->items, unique->fresh, unique->fresh_count) < 0)
		return -1;
	unique->reading = true;
	unique->run.len = 0;
	while (unique->run.len < RUN && got > 0) {
		got = items_next(&unique->items, &item, &record);
		if (got > 0 && bytes_put(&unique->run, record, (size_t)item.len) < 0)
			return -1;
	}
	*data = unique->run.data;
	*len = unique->run.len;
	return got < 0 ? -1 : *len > 0;
}

uint64_t
unique_dropped(const struct unique *unique)
{
	return unique->dropped;
}

uint64_t
unique_seen(const struct unique *unique)
{
	return unique->seen;
}
