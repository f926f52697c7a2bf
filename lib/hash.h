/* SPDX-License-Identifier: ISC */
/*
 * hash - XXH64, by its published algorithm: fast, and the same on every machine; and
 * SipHash-2-4 (Aumasson, Bernstein 2012), for what strangers send: who does not know the
 * key cannot find bytes that hash alike.
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

/*
 * The same purpose, by another hash, which is quick where there are few bytes: 16 or
 * less. No machine need agree with another one about it.
 */
static inline uint64_t
hash_few(const char *data, size_t len, const struct hash_key *key)
{
#ifdef __SIZEOF_INT128__
	__extension__ typedef unsigned __int128 product;
	uint64_t first = 0, last = len, folded;
	uint32_t begin, end;
	product both;

	if (len > 16)
		return hash_keyed(data, len, key);
	if (len >= 8) { /* these may have bytes in common */
		memcpy(&first, data, 8);
		memcpy(&last, data + len - 8, 8);
	} else if (len >= 4) {
		memcpy(&begin, data, 4);
		memcpy(&end, data + len - 4, 4);
		first = (uint64_t)begin << 32 | end;
	} else if (len > 0) {
		first = (uint64_t)(unsigned char)data[0] << 16 |
		    (uint64_t)(unsigned char)data[len / 2] << 8 |
		    (unsigned char)data[len - 1];
	}
	both = (product)(first ^ key->words[0]) * (last ^ key->words[1]);
	folded = (uint64_t)both ^ (uint64_t)(both >> 64) ^ len;
	both = (product)folded * (key->words[0] | 1);
	return (uint64_t)both ^ (uint64_t)(both >> 64);
#else
	return hash_keyed(data, len, key);
#endif
}

/* The key that 32 hexadecimal digits are; 0, or -1 if they are not. */
int hash_key_parse(struct hash_key *key, const char *digits);

/* A key that no author of input can know. */
struct hash_key hash_random_key(void);

/* A seed that no author of input can know. */
uint64_t hash_random_seed(void);

#endif
