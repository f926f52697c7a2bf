/* SPDX-License-Identifier: ISC */
/*
 * shelf - keys of pages, in order, in a file that is written once and then only read.
 *
 * Keys are as random as a keyed hash is.  So a key's first bits say where in the file it
 * stands, if it does: in which of as many buckets as there are BUCKET_KEYS.  For each
 * there are 64 bytes in front, where its keys begin and a Bloom filter of them, so that
 * one cache line tells of most keys that are not there.
 *
 * What fails returns -1 with errno, EBADMSG for a file that is damaged.
 */
#ifndef PAR_FRONTIER_SHELF_H
#define PAR_FRONTIER_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hash.h"

enum { FILTER_WORDS = 7, SHELF_BUFFER = 64 << 10, SHELF_NAME = 32 };

struct shelf_bucket {
	uint64_t filter[FILTER_WORDS];
	uint64_t first; /* key; the last bucket's are those before that of one more */
};

struct shelf {
	uint64_t number, count; /* of the file, of keys: from 1 */
	uint64_t bucket_count;
	const struct shelf_bucket *buckets; /* the file, in memory; one more of them */
	const struct hash_wide *keys;
};

/* Bytes that go to one place of a file after the other. */
struct shelf_part {
	uint64_t at; /* of data in the file */
	uint64_t begun; /* up to there it is on its way to the disk */
	size_t used;
	char data[SHELF_BUFFER];
};

struct shelf_writer {
	int folder, fd;
	uint64_t number, count, put; /* of those keys */
	uint64_t bucket; /* the one at work on */
	struct shelf_bucket now;
	struct shelf_part buckets, keys;
};

/* The name of a file in its folder. */
void shelf_name(char name[static SHELF_NAME], uint64_t number);

/* That number, from 1, or 0: it is no such name. */
uint64_t shelf_number(const char *name);

/* Is a before b? */
static inline bool
shelf_before(const struct hash_wide *a, const struct hash_wide *b)
{
	return a->words[0] != b->words[0] ? a->words[0] < b->words[0]
					  : a->words[1] < b->words[1];
}

/* In order: of two keys the first one is in no later bucket. */
static inline uint64_t
shelf_bucket_of(const struct hash_wide *key, uint64_t bucket_count)
{
	return (key->words[0] >> 32) * bucket_count >> 32;
}

/* Have ready what shelf_has() looks at first: it comes while one asks other shelves. */
static inline void
shelf_fetch(const struct shelf *shelf, const struct hash_wide *key)
{
	__builtin_prefetch(&shelf->buckets[shelf_bucket_of(key, shelf->bucket_count)]);
}

/* Open the file of a folder that has count keys.  0, or -1. */
int shelf_open(struct shelf *shelf, int folder, uint64_t number, uint64_t count);

/* Does it have key?  1, 0, or -1. */
int shelf_has(const struct shelf *shelf, const struct hash_wide *key);

void shelf_close(struct shelf *shelf);

/*
 * Write one of count keys, to be put in ascending order; with folder -1 it is a temporary
 * file without a name.  0, or -1: then it is to be dropped.
 */
int shelf_begin(struct shelf_writer *writer, int folder, uint64_t number, uint64_t count);
int shelf_put(struct shelf_writer *writer, const struct hash_wide *key);

/* All were put: open it.  It is on the disk then, if it has a name. */
int shelf_end(struct shelf_writer *writer, struct shelf *out);

/* Do without it; errno stays. */
void shelf_drop(struct shelf_writer *writer);

#endif
