/* SPDX-License-Identifier: ISC */
/*
 * hash - XXH64, by its published algorithm: fast, and the same on every machine; and
 * SipHash-2-4 (Aumasson, Bernstein 2012), for what strangers send: who does not know the
 * key cannot find bytes that hash alike.  Its form of 128 bits tells apart as many
 * different bytes as a disk holds: of 10^12 any two are alike once in 10^14 times.
 */
#ifndef PAR_HASH_H
#define PAR_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

uint64_t hash_bytes(const void *data, size_t len, uint64_t seed);

/*
 * The hash of a stream of bytes, with seed 0.  lanes, and where total is no multiple of
 * 32 the bytes since the last one, are all there is to keep to go on another time.
 */
struct hash_stream {
	uint64_t lanes[4];
	uint64_t total; /* bytes added */
	unsigned char tail[32]; /* total % 32 of them are to come */
};

void hash_begin(struct hash_stream *stream);
void hash_add(struct hash_stream *stream, const void *data, size_t len);
uint64_t hash_end(const struct hash_stream *stream);

struct hash_key {
	uint64_t words[2];
};

uint64_t hash_keyed(const void *data, size_t len, const struct hash_key *key);

struct hash_wide {
	uint64_t words[2];
};

struct hash_wide
hash_keyed_wide(const void *data, size_t len, const struct hash_key *key);

enum { HASH_GLANCE = 16, HASH_CLASS_BITS = 16 };

/* The upper HASH_CLASS_BITS of that. */
uint32_t hash_class_long(const void *data, size_t len, struct hash_key key);

/*
 * A hash for that purpose, too, of HASH_CLASS_BITS, which is quick where there are
 * few bytes: any two that differ, up to NULs at their ends, are alike for few keys, twice
 * as many as of a random function at most, since it is what comes to the top of products
 * with odd numbers (Dietzfelbinger and others, 1997).  HASH_GLANCE bytes can be read at
 * data, however few they are.  No machine need agree with another one about it.
 */
static inline uint32_t
hash_class(const char *data, size_t len, const struct hash_key *key)
{
	static const unsigned char keep[HASH_GLANCE] = { 255, 255, 255, 255, 255, 255,
		255, 255 };
	uint64_t first, last, mask, hash;

	if (len > HASH_GLANCE)
		return hash_class_long(data, len, *key);
	memcpy(&first, data, sizeof(first));
	if (len <= sizeof(first)) {
		memcpy(&mask, keep + sizeof(mask) - len, sizeof(mask));
		hash = (first & mask) * (key->words[0] | 1);
	} else {
		memcpy(&last, data + sizeof(first), sizeof(last));
		memcpy(&mask, keep + HASH_GLANCE - len, sizeof(mask));
		hash = first * (key->words[0] | 1) + (last & mask) * (key->words[1] | 1);
	}
	return (uint32_t)(hash >> (64 - HASH_CLASS_BITS));
}

/* The key that 32 hexadecimal digits are; 0, or -1 if they are not. */
int hash_key_parse(struct hash_key *key, const char *digits);

/* A key that no author of input can know. */
struct hash_key hash_random_key(void);

/* A seed that no author of input can know. */
uint64_t hash_random_seed(void);

#endif
