/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "clock.h"
#include "entropy.h"
#include "hash.h"

/* The constants and steps of the XXH64 specification. */
static const uint64_t prime1 = UINT64_C(0x9E3779B185EBCA87);
static const uint64_t prime2 = UINT64_C(0xC2B2AE3D27D4EB4F);
static const uint64_t prime3 = UINT64_C(0x165667B19E3779F9);
static const uint64_t prime4 = UINT64_C(0x85EBCA77C2B2AE63);
static const uint64_t prime5 = UINT64_C(0x27D4EB2F165667C5);

static inline uint64_t
rotate(uint64_t value, int bits)
{
	return value << bits | value >> (64 - bits);
}

/* Little-endian words, wherever they stand. */
static inline uint64_t
word64(const unsigned char *p)
{
	uint64_t value;

	memcpy(&value, p, sizeof(value));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	value = __builtin_bswap64(value);
#endif
	return value;
}

static inline uint64_t
word32(const unsigned char *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	value = __builtin_bswap32(value);
#endif
	return value;
}

static inline uint64_t
round_of(uint64_t lane, uint64_t input)
{
	return rotate(lane + input * prime2, 31) * prime1;
}

static inline uint64_t
merge(uint64_t hash, uint64_t lane)
{
	return (hash ^ round_of(0, lane)) * prime1 + prime4;
}

static void
lanes_begin(uint64_t lanes[static 4], uint64_t seed)
{
	lanes[0] = seed + prime1 + prime2;
	lanes[1] = seed + prime2;
	lanes[2] = seed;
	lanes[3] = seed - prime1;
}

/* The stripes of 32 bytes from p to end; where they end. */
static const unsigned char *
stripes(uint64_t lanes[static 4], const unsigned char *p, const unsigned char *end)
{
	uint64_t a = lanes[0], b = lanes[1], c = lanes[2], d = lanes[3];

	for (; end - p >= 32; p += 32) {
		a = round_of(a, word64(p));
		b = round_of(b, word64(p + 8));
		c = round_of(c, word64(p + 16));
		d = round_of(d, word64(p + 24));
	}
	lanes[0] = a;
	lanes[1] = b;
	lanes[2] = c;
	lanes[3] = d;
	return p;
}

static uint64_t
converge(const uint64_t lanes[static 4])
{
	uint64_t hash = rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) +
	    rotate(lanes[3], 18);

	for (int i = 0; i < 4; i++)
		hash = merge(hash, lanes[i]);
	return hash;
}

/* The bytes after the last stripe, and the last mixing. */
static uint64_t
finish(uint64_t hash, const unsigned char *p, const unsigned char *end)
{
	for (; end - p >= 8; p += 8)
		hash = rotate(hash ^ round_of(0, word64(p)), 27) * prime1 + prime4;
	if (end - p >= 4) {
		hash = rotate(hash ^ word32(p) * prime1, 23) * prime2 + prime3;
		p += 4;
	}
	for (; p < end; p++)
		hash = rotate(hash ^ *p * prime5, 11) * prime1;
	hash = (hash ^ hash >> 33) * prime2;
	hash = (hash ^ hash >> 29) * prime3;
	return hash ^ hash >> 32;
}

uint64_t
hash_bytes(const void *data, size_t len, uint64_t seed)
{
	const unsigned char *p = data, *end = p + len;
	uint64_t hash = seed + prime5, lanes[4];

	if (len >= 32) {
		lanes_begin(lanes, seed);
		p = stripes(lanes, p, end);
		hash = converge(lanes);
	}
	return finish(hash + (uint64_t)len, p, end);
}

void
hash_begin(struct hash_stream *stream)
{
	*stream = (struct hash_stream){ 0 };
	lanes_begin(stream->lanes, 0);
}

void
hash_add(struct hash_stream *stream, const void *data, size_t len)
{
	const unsigned char *p = data, *end = p + len;
	size_t had = stream->total % sizeof(stream->tail);
	size_t room = sizeof(stream->tail) - had;

	stream->total += len;
	if (had > 0) {
		size_t take = len < room ? len : room;

		memcpy(stream->tail + had, p, take);
		p += take;
		if (take < room)
			return;
		stripes(stream->lanes, stream->tail, stream->tail + sizeof(stream->tail));
	}
	p = stripes(stream->lanes, p, end);
	memcpy(stream->tail, p, (size_t)(end - p));
}

uint64_t
hash_end(const struct hash_stream *stream)
{
	const unsigned char *end = stream->tail + stream->total % sizeof(stream->tail);
	uint64_t hash =
	    stream->total < sizeof(stream->tail) ? prime5 : converge(stream->lanes);

	return finish(hash + stream->total, stream->tail, end);
}

static void
sip_round(uint64_t v[static 4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static void
sip_word(uint64_t v[static 4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	sip_round(v);
	v[0] ^= word;
}

/* All of it but the last rounds. */
static void
sip_bytes(uint64_t v[static 4], const void *data, size_t len, const struct hash_key *key)
{
	const unsigned char *p = data, *end = p + len / 8 * 8;
	uint64_t last = (uint64_t)len << 56;

	v[0] = key->words[0] ^ 0x736f6d6570736575;
	v[1] ^= key->words[1] ^ 0x646f72616e646f6d;
	v[2] = key->words[0] ^ 0x6c7967656e657261;
	v[3] = key->words[1] ^ 0x7465646279746573;
	for (; p < end; p += 8)
		sip_word(v, word64(p));
	for (size_t i = 0; i < len % 8; i++)
		last |= (uint64_t)p[i] << 8 * i;
	sip_word(v, last);
}

static uint64_t
sip_end(uint64_t v[static 4])
{
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t
hash_keyed(const void *data, size_t len, const struct hash_key *key)
{
	uint64_t v[4] = { 0 };

	sip_bytes(v, data, len, key);
	v[2] ^= 0xff;
	return sip_end(v);
}

struct hash_wide
hash_keyed_wide(const void *data, size_t len, const struct hash_key *key)
{
	uint64_t v[4] = { 0, 0xee };
	struct hash_wide hash;

	sip_bytes(v, data, len, key);
	v[2] ^= 0xee;
	hash.words[0] = sip_end(v);
	v[1] ^= 0xdd;
	hash.words[1] = sip_end(v);
	return hash;
}

uint32_t
hash_class_long(const void *data, size_t len, struct hash_key key)
{
	return (uint32_t)(hash_keyed(data, len, &key) >> (64 - HASH_CLASS_BITS));
}

int
hash_key_parse(struct hash_key *key, const char *digits)
{
	enum { BYTES = sizeof(key->words) };

	*key = (struct hash_key){ { 0 } };
	if (strspn(digits, "0123456789abcdefABCDEF") != 2 * BYTES ||
	    digits[2 * BYTES] != '\0')
		return -1;
	for (size_t i = 0; i < BYTES; i++) {
		const char byte[] = { digits[2 * i], digits[2 * i + 1], '\0' };

		key->words[i / 8] |= (uint64_t)strtoul(byte, NULL, 16) << 8 * (i % 8);
	}
	return 0;
}

struct hash_key
hash_random_key(void)
{
	return (struct hash_key){ { hash_random_seed(), hash_random_seed() } };
}

uint64_t
hash_random_seed(void)
{
	uint64_t seed;

	if (entropy(&seed, sizeof(seed)) < 0)
		seed = clock_ns() * prime1 ^ (uint64_t)getpid();
	return seed;
}
