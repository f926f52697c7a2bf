/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "clock.h"
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

/* The stripes of 32 bytes; moves *at past them. */
static uint64_t
stripes(const unsigned char **at, const unsigned char *end, uint64_t seed)
{
	uint64_t a = seed + prime1 + prime2, b = seed + prime2, c = seed,
		 d = seed - prime1, hash;
	const unsigned char *p = *at;

	for (; end - p >= 32; p += 32) {
		a = round_of(a, word64(p));
		b = round_of(b, word64(p + 8));
		c = round_of(c, word64(p + 16));
		d = round_of(d, word64(p + 24));
	}
	*at = p;
	hash = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
	hash = merge(hash, a);
	hash = merge(hash, b);
	hash = merge(hash, c);
	return merge(hash, d);
}

uint64_t
hash_bytes(const void *data, size_t len, uint64_t seed)
{
	const unsigned char *p = data, *end = p + len;
	uint64_t hash = len >= 32 ? stripes(&p, end, seed) : seed + prime5;

	hash += (uint64_t)len;
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
hash_random_seed(void)
{
	uint64_t seed;

	if (getentropy(&seed, sizeof(seed)) < 0)
		seed = clock_ns() * prime1 ^ (uint64_t)getpid();
	return seed;
}
