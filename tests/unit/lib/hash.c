/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "chance.h"
#include "check.h"
#include "hash.h"

#define PRIME32 UINT64_C(2654435761)
#define PRIME64 UINT64_C(11400714785074694797)

/* The values that xxhash's own tests expect, of bytes made as there. */
static void
xxh64(void)
{
	static const struct {
		size_t len;
		uint64_t seed, hash;
	} rows[] = {
		{ 0, 0, 0xEF46DB3751D8E999 },
		{ 0, PRIME32, 0xAC75FDA2929B17EF },
		{ 1, 0, 0xE934A84ADB052768 },
		{ 1, PRIME32, 0x5014607643A9B4C3 },
		{ 4, 0, 0x9136A0DCA57457EE },
		{ 14, 0, 0x8282DCC4994E35C8 },
		{ 14, PRIME32, 0xC3BD6BF63DEB6DF0 },
		{ 222, 0, 0xB641AE8CB691C174 },
		{ 222, PRIME32, 0x20CB8AB7AE10C14A },
	};
	unsigned char bytes[222];
	uint64_t next = PRIME32;

	for (size_t i = 0; i < sizeof(bytes); i++, next *= PRIME64)
		bytes[i] = (unsigned char)(next >> 56);
	for (size_t i = 0; i < COUNT(rows); i++) {
		check_at(i + 1);
		check_is(hash_bytes(bytes, rows[i].len, rows[i].seed), rows[i].hash);
	}
	check_is(hash_bytes("a", 1, 0), 0xD24EC4F1A98C6E5B);
	check_is(hash_bytes("Nobody inspects the spammish repetition", 39, 0),
	    0xFBCEA83C8A378BF1);
}

/* A stream has the hash of all of it, however it comes, and can be asked between. */
static void
streams(void)
{
	char text[300];

	for (uint64_t step = 1; step <= 20000; step++) {
		size_t len = chance_below(sizeof(text)), at = 0;
		struct hash_stream stream;

		check_at(step);
		chance_bytes(text, len);
		hash_begin(&stream);
		while (at < len) {
			size_t n = chance_below(chance_one_in(3) ? 100 : 34);

			n = n < len - at ? n : len - at;
			hash_add(&stream, text + at, n);
			at += n;
			check_is(stream.total, at);
			check_is(hash_end(&stream), hash_bytes(text, at, 0));
			check_bytes(stream.tail, at % 32, text + at / 32 * 32, at % 32);
		}
		check_is(hash_end(&stream), hash_bytes(text, len, 0));
	}
}

/* SipHash-2-4 of bytes 0, 1, 2, ... with the key 00 01 ... 0f, from its paper's vectors.
 */
static void
siphash(void)
{
	static const struct {
		size_t len;
		unsigned char hash[8];
	} rows[] = {
		{ 0, { 0x31, 0x0e, 0x0e, 0xdd, 0x47, 0xdb, 0x6f, 0x72 } },
		{ 1, { 0xfd, 0x67, 0xdc, 0x93, 0xc5, 0x39, 0xf8, 0x74 } },
		{ 2, { 0x5a, 0x4f, 0xa9, 0xd9, 0x09, 0x80, 0x6c, 0x0d } },
		{ 3, { 0x2d, 0x7e, 0xfb, 0xd7, 0x96, 0x66, 0x67, 0x85 } },
		{ 7, { 0x37, 0xd1, 0x01, 0x8b, 0xf5, 0x00, 0x02, 0xab } },
		{ 8, { 0x62, 0x24, 0x93, 0x9a, 0x79, 0xf5, 0xf5, 0x93 } },
		{ 15, { 0xe5, 0x45, 0xbe, 0x49, 0x61, 0xca, 0x29, 0xa1 } },
	};
	unsigned char bytes[16];
	struct hash_key key;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	check_is(hash_key_parse(&key, "000102030405060708090a0b0c0d0e0f"), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t want = 0;

		check_at(i + 1);
		for (int k = 7; k >= 0; k--)
			want = want << 8 | rows[i].hash[k];
		check_is(hash_keyed(bytes, rows[i].len, &key), want);
	}
}

/* The form of 128 bits, from the same paper's vectors, which OpenSSL has as well. */
static void
siphash_wide(void)
{
	static const struct {
		size_t len;
		const char *hash;
	} rows[] = {
		{ 0, "a3817f04ba25a8e66df67214c7550293" },
		{ 1, "da87c1d86b99af44347659119b22fc45" },
		{ 7, "a1f1ebbed8dbc153c0b84aa61ff08239" },
		{ 8, "3b62a9ba6258f5610f83e264f31497b4" },
		{ 15, "5493e99933b0a8117e08ec0f97cfc3d9" },
		{ 16, "6ee2a4ca67b054bbfd3315bf85230577" },
		{ 63, "5150d1772f50834a503e069a973fbd7c" },
	};
	unsigned char bytes[63];
	struct hash_key key, want;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	check_is(hash_key_parse(&key, "000102030405060708090a0b0c0d0e0f"), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hash_wide got = hash_keyed_wide(bytes, rows[i].len, &key);

		check_at(i + 1);
		check_is(hash_key_parse(&want, rows[i].hash), 0);
		check_is(got.words[0], want.words[0]);
		check_is(got.words[1], want.words[1]);
	}
}

static void
keys(void)
{
	static const char *const wrong[] = { "", "0", "0001020304050607", "x",
		"000102030405060708090a0b0c0d0e0", "000102030405060708090a0b0c0d0e0f0",
		"000102030405060708090a0b0c0d0e0g", " 00102030405060708090a0b0c0d0e0f",
		"0x0102030405060708090a0b0c0d0e0f", "000102030405060708090a0b0c0d0e0f " };
	struct hash_key key, other;

	check_is(hash_key_parse(&key, "000102030405060708090A0b0c0d0E0F"), 0);
	check_is(key.words[0], 0x0706050403020100);
	check_is(key.words[1], 0x0f0e0d0c0b0a0908);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		check_at(i + 1);
		check_is(hash_key_parse(&key, wrong[i]), -1);
	}
	key = hash_random_key();
	other = hash_random_key();
	check(key.words[0] != key.words[1]);
	check(key.words[0] != other.words[0] && key.words[1] != other.words[1]);
	check(hash_random_seed() != hash_random_seed());
}

/*
 * Few bytes have the same class wherever they are, and another one with another key, or
 * if they differ: but for few in many.
 */
static void
classes(void)
{
	enum { CLASSES = 64, EACH = 200, ROUNDS = 300 };
	unsigned in[CLASSES] = { 0 }, alike = 0;
	char text[24 + HASH_GLANCE], other[sizeof(text)];

	for (unsigned round = 0; round < ROUNDS; round++) {
		const struct hash_key key = hash_random_key(), next = hash_random_key();
		size_t len = round % 24, at = chance_below(len + 1);
		uint32_t plain;

		check_at(round);
		chance_bytes(text, sizeof(text));
		chance_bytes(other, sizeof(other));
		memcpy(other, text, len); /* what is behind it is not its own */
		plain = hash_class(text, len, &key);
		check(plain < 1 << HASH_CLASS_BITS);
		check_is(hash_class(other, len, &key), plain);
		if (len == 0)
			continue;
		alike += hash_class(other, len, &next) == plain;
		other[at % len] ^= (char)(1 << chance_below(8));
		alike += hash_class(other, len, &key) == plain;
	}
	check(alike < 5);
	for (unsigned i = 0; i < CLASSES * EACH; i++) {
		static const struct hash_key key = { { 0x0123456789abcdef, 77 } };
		int n = snprintf(text, sizeof(text), "%u", i);

		in[hash_class(text, (size_t)n, &key) % CLASSES]++;
	}
	for (size_t i = 0; i < CLASSES; i++) {
		check_at(i);
		check(in[i] > EACH / 2 && in[i] < EACH * 3 / 2);
	}
}

TESTS("hash", { "XXH64 by its own tests", xxh64 }, { "streams", streams },
    { "SipHash by its own tests", siphash },
    { "SipHash of 128 bits by its own tests", siphash_wide }, { "keys", keys },
    { "classes", classes })
