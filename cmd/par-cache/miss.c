/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "miss.h"

enum { BUCKETS = 1024, RING = 1024 };

int
misses_open(struct misses *misses)
{
	*misses = (struct misses){ .buckets = calloc(BUCKETS, sizeof(struct miss *)),
		.bucket_count = BUCKETS,
		.ring = calloc(RING, sizeof(struct miss *)),
		.ring_size = RING };
	return misses->buckets != NULL && misses->ring != NULL ? 0 : -1;
}

/* Which of count buckets a key falls into. */
static size_t
bucket_of(const struct digest *key, size_t count)
{
	uint64_t hash;

	memcpy(&hash, key->bytes + KEY_SIZE - sizeof(hash), sizeof(hash));
	return (size_t)hash & (count - 1);
}

struct miss *
misses_find(const struct misses *misses, const struct lookup *lookup)
{
	struct miss *miss =
	    misses->buckets[bucket_of(&lookup->key, misses->bucket_count)];

	while (miss != NULL &&
	    (memcmp(&miss->saved.key, &lookup->key, KEY_SIZE) != 0 ||
		miss->saved.len != lookup->len ||
		memcmp(miss->saved.record, lookup->record, lookup->len) != 0))
		miss = miss->chain;
	return miss;
}

/* Twice as many buckets; without memory it stays as it is, and works. */
static void
grow_buckets(struct misses *misses)
{
	size_t count = 2 * misses->bucket_count;
	struct miss **buckets = calloc(count, sizeof(struct miss *));

	if (buckets == NULL)
		return;
	for (size_t i = 0; i < misses->bucket_count; i++)
		while (misses->buckets[i] != NULL) {
			struct miss *miss = misses->buckets[i];
			size_t to = bucket_of(&miss->saved.key, count);

			misses->buckets[i] = miss->chain;
			miss->chain = buckets[to];
			buckets[to] = miss;
		}
	free(misses->buckets);
	misses->buckets = buckets;
	misses->bucket_count = count;
}

static struct miss **
place(const struct misses *misses, uint64_t number)
{
	return &misses->ring[number & (misses->ring_size - 1)];
}

static int
grow_ring(struct misses *misses)
{
	size_t size = 2 * misses->ring_size;
	struct miss **ring = calloc(size, sizeof(struct miss *));

	if (ring == NULL)
		return -1;
	for (uint64_t n = misses->oldest; n < misses->next; n++)
		ring[n & (size - 1)] = *place(misses, n);
	free(misses->ring);
	misses->ring = ring;
	misses->ring_size = size;
	return 0;
}

struct miss *
misses_add(struct misses *misses, const struct lookup *lookup, struct block *block)
{
	struct miss *miss, **bucket;

	if (misses->next - misses->oldest == misses->ring_size && grow_ring(misses) < 0)
		return NULL;
	miss = malloc(sizeof(*miss));
	if (miss == NULL)
		return NULL;
	*miss = (struct miss){ .block = block, .waiting.number = lookup->number };
	miss->saved.key = lookup->key;
	miss->saved.record = lookup->record;
	miss->saved.len = lookup->len;
	block_reference(block);
	if (misses->count++ >= misses->bucket_count)
		grow_buckets(misses);
	bucket = &misses->buckets[bucket_of(&lookup->key, misses->bucket_count)];
	miss->chain = *bucket;
	*bucket = miss;
	*place(misses, misses->next++) = miss;
	return miss;
}

int
miss_join(struct miss *miss, uint64_t number)
{
	struct waiter *waiter = malloc(sizeof(*waiter));

	if (waiter == NULL)
		return -1;
	*waiter = (struct waiter){ .next = miss->waiting.next, .number = number };
	miss->waiting.next = waiter;
	return 0;
}

struct miss *
misses_numbered(const struct misses *misses, uint64_t number)
{
	if (number < misses->oldest || number >= misses->next)
		return NULL;
	return *place(misses, number);
}

/* The miss of that number has none any more, and nobody waits for it. */
static void
leave_ring(struct misses *misses, uint64_t number)
{
	struct miss *miss = *place(misses, number);

	while (miss->waiting.next != NULL) {
		struct waiter *waiter = miss->waiting.next;

		miss->waiting.next = waiter->next;
		free(waiter);
	}
	*place(misses, number) = NULL;
	while (misses->oldest < misses->next && *place(misses, misses->oldest) == NULL)
		misses->oldest++;
}

static void
release(struct misses *misses, struct miss *miss)
{
	struct miss **from =
	    &misses->buckets[bucket_of(&miss->saved.key, misses->bucket_count)];

	while (*from != miss)
		from = &(*from)->chain;
	*from = miss->chain;
	misses->count--;
	block_drop(miss->block);
	free((char *)(uintptr_t)miss->saved.output);
	free(miss);
}

int
misses_done(struct misses *misses, uint64_t number, const char *output, size_t output_len)
{
	struct miss *miss = *place(misses, number);
	char *copy = malloc(output_len + 1);

	if (copy == NULL)
		return -1;
	if (output_len > 0)
		memcpy(copy, output, output_len);
	miss->saved.output = copy;
	miss->saved.output_len = output_len;
	leave_ring(misses, number);
	miss->saved.next = misses->done;
	misses->done = &miss->saved;
	misses->done_count++;
	misses->done_bytes += miss->saved.len + output_len;
	return 0;
}

void
misses_drop(struct misses *misses, uint64_t number)
{
	struct miss *miss = *place(misses, number);

	leave_ring(misses, number);
	release(misses, miss);
}

void
misses_stored(struct misses *misses)
{
	while (misses->done != NULL) {
		struct miss *miss = (struct miss *)misses->done;

		misses->done = miss->saved.next;
		release(misses, miss);
	}
	misses->done_count = 0;
	misses->done_bytes = 0;
}

uint64_t
misses_waiting(const struct misses *misses)
{
	return misses->count - misses->done_count;
}

void
misses_close(struct misses *misses)
{
	misses_stored(misses);
	while (misses->oldest < misses->next)
		misses_drop(misses, misses->oldest);
	free(misses->buckets);
	free(misses->ring);
}
