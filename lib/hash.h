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

/* The key that 32 hexadecimal digits are; 0, or -1 if they are not. */
int hash_key_parse(struct hash_key *key, const char *digits);

/* A key that no author of input can know. */
struct hash_key hash_random_key(void);

/* A seed that no author of input can know. */
uint64_t hash_random_seed(void);

#endif
