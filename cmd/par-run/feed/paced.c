/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "intake.h"
#include "paced.h"

enum {
	MOST_KEYS = 1 << 20,
	MOST_BYTES = 16 << 20, /* of what waits */
	FIRST_BUCKETS = 64
};

bool
paced_room(const struct paced *paced)
{
	return paced->bytes < MOST_BYTES && paced->count < MOST_KEYS;
}

static void
put_at(const struct paced *paced, size_t place, struct paced_key *key)
{
	paced->heap[place] = key;
	key->place = place;
}

static bool
before(const struct paced_key *a, const struct paced_key *b)
{
	return a->clock.next < b->clock.next;
}

static void
move_up(const struct paced *paced, struct paced_key *key)
{
	size_t place = key->place;

	for (; place > 0 && before(key, paced->heap[(place - 1) / 2]);
	     place = (place - 1) / 2)
		put_at(paced, place, paced->heap[(place - 1) / 2]);
	put_at(paced, place, key);
}

static void
move_down(const struct paced *paced, struct paced_key *key)
{
	size_t place = key->place, child;

	while ((child = 2 * place + 1) < paced->count) {
		if (child + 1 < paced->count &&
		    before(paced->heap[child + 1], paced->heap[child]))
			child++;
		if (!before(paced->heap[child], key))
			break;
		put_at(paced, place, paced->heap[child]);
		place = child;
	}
	put_at(paced, place, key);
}

static struct paced_key **
bucket_of(const struct paced *paced, uint64_t hash)
{
	return &paced->buckets[hash & (paced->bucket_count - 1)];
}

static struct paced_key *
find(const struct paced *paced, uint64_t hash)
{
	struct paced_key *key = paced->bucket_count == 0 ? NULL : *bucket_of(paced, hash);

	while (key != NULL && key->hash != hash)
		key = key->chain;
	return key;
}

/* As many buckets as there are keys, at least.  0, or -1 without memory. */
static int
more_buckets(struct paced *paced)
{
	size_t count = paced->bucket_count == 0 ? FIRST_BUCKETS : 2 * paced->bucket_count;
	struct paced_key **buckets;

	if (paced->count < paced->bucket_count)
		return 0;
	buckets = calloc(count, sizeof(struct paced_key *));
	if (buckets == NULL)
		return -1;
	free(paced->buckets);
	paced->buckets = buckets;
	paced->bucket_count = count;
	for (size_t i = 0; i < paced->count; i++) {
		struct paced_key **bucket = bucket_of(paced, paced->heap[i]->hash);

		paced->heap[i]->chain = *bucket;
		*bucket = paced->heap[i];
	}
	return 0;
}

/* The key, which may be new; NULL without memory. */
static struct paced_key *
have(struct paced *paced, uint64_t hash)
{
	struct paced_key *key = find(paced, hash), **bucket, **heap;

	if (key != NULL)
		return key;
	heap = grow(paced->heap, &paced->room, paced->count + 1,
	    sizeof(struct paced_key *), MOST_KEYS + 1);
	if (heap == NULL)
		return NULL;
	paced->heap = heap;
	key = more_buckets(paced) < 0 ? NULL : calloc(1, sizeof(*key));
	if (key == NULL)
		return NULL;
	bucket = bucket_of(paced, hash);
	key->hash = hash;
	key->chain = *bucket;
	*bucket = key;
	put_at(paced, paced->count++, key);
	move_up(paced, key);
	return key;
}

/* Forget the one on top. */
static void
forget(struct paced *paced)
{
	struct paced_key *key = paced->heap[0], **link = bucket_of(paced, key->hash);

	while (*link != key)
		link = &(*link)->chain;
	*link = key->chain;
	put_at(paced, 0, paced->heap[--paced->count]);
	move_down(paced, paced->heap[0]);
	free(key);
}

/* One of the key begins. */
static void
begin(const struct paced *paced, struct paced_key *key, uint64_t now)
{
	rate_taken(paced->rate, &key->clock, now);
	move_down(paced, key);
}

/* Forget keys that are as if they had never been. */
static void
forget_idle(struct paced *paced, uint64_t now)
{
	while (paced->count > 0 && paced->heap[0]->waiting.head == NULL &&
	    rate_may(paced->rate, &paced->heap[0]->clock, now))
		forget(paced);
}

int
paced_begin(struct paced *paced, uint64_t hash, uint64_t now, bool first)
{
	struct paced_key *key;

	forget_idle(paced, now);
	key = have(paced, hash);
	if (key == NULL)
		return -1;
	if ((key->waiting.head != NULL && !first) ||
	    !rate_may(paced->rate, &key->clock, now))
		return 0;
	if (paced->rate->count != 0 && key->waiting.head == NULL)
		key->clock = (struct rate_clock){ 0 }; /* as if it had been forgotten */
	begin(paced, key, now);
	return 1;
}

static size_t
bytes_of(const struct batch *batch)
{
	return batch->len + sizeof(struct batch) + sizeof(struct block);
}

/* Have the batch in a block of its own.  0, or -1 without memory. */
static int
copy_out(struct batch *batch)
{
	struct block *block = block_new(batch->len + INTAKE_BEHIND);

	if (block == NULL)
		return -1;
	memcpy(block->data, batch->data, batch->len);
	memset(block->data + batch->len, 0, INTAKE_BEHIND);
	block_drop(batch->block);
	batch->block = block;
	batch->data = block->data;
	return 0;
}

int
paced_wait(struct paced *paced, uint64_t hash, struct batch *batch)
{
	struct paced_key *key = have(paced, hash);

	if (key == NULL || copy_out(batch) < 0)
		return -1;
	batch_push(&key->waiting, batch);
	paced->records += batch->count;
	paced->bytes += bytes_of(batch);
	return 0;
}

struct batch *
paced_next(struct paced *paced, uint64_t now)
{
	struct paced_key *key;
	struct batch *batch;

	forget_idle(paced, now);
	key = paced->count == 0 ? NULL : paced->heap[0];
	if (key == NULL || !rate_may(paced->rate, &key->clock, now))
		return NULL;
	batch = batch_pop(&key->waiting, UINT64_MAX);
	paced->records -= batch->count;
	paced->bytes -= bytes_of(batch);
	begin(paced, key, now);
	return batch;
}

uint64_t
paced_at(const struct paced *paced, uint64_t hash)
{
	const struct paced_key *key = paced->rate->count == 0 ? NULL : find(paced, hash);

	return key == NULL ? 0 : key->clock.next;
}

uint64_t
paced_due(const struct paced *paced, uint64_t now)
{
	if (paced->count == 0 || (paced->records == 0 && paced_room(paced)) ||
	    rate_may(paced->rate, &paced->heap[0]->clock, now))
		return UINT64_MAX;
	return paced->heap[0]->clock.next;
}

void
paced_change(struct paced *paced, uint64_t now)
{
	uint64_t latest = paced->rate->count == 0
	    ? now
	    : now + paced->rate->within / paced->rate->count;

	/* It stays a heap: none comes to be before one that was before it. */
	for (size_t i = 0; i < paced->count; i++) {
		struct rate_clock *clock = &paced->heap[i]->clock;

		clock->over = 0;
		if (clock->next > latest)
			clock->next = latest;
	}
}

void
paced_close(struct paced *paced)
{
	for (size_t i = 0; i < paced->count; i++) {
		batch_clear(&paced->heap[i]->waiting);
		free(paced->heap[i]);
	}
	free(paced->heap);
	free(paced->buckets);
	paced->count = paced->bucket_count = 0;
	paced->heap = paced->buckets = NULL;
}
