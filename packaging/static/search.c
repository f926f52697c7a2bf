/* SPDX-License-Identifier: ISC */
/*
 * memchr and memrchr for the static programs.  Those of musl look at a word, or a byte,
 * at a time, which is most of what made the programs slower than others; these look at 16
 * bytes. They are aligned, so that they lie in one page, also where the end is among
 * them.
 */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { BLOCK = 16 };

/* The mask of a block has so many bits for each byte, set where it is the one looked for.
 */
#if defined(__SSE2__)
#include <emmintrin.h>

enum { BITS = 1 };

static inline uint64_t
mask_of(const unsigned char *block, int byte)
{
	__m128i same = _mm_cmpeq_epi8(
	    _mm_load_si128((const void *)block), _mm_set1_epi8((char)byte));

	return (uint64_t)_mm_movemask_epi8(same);
}
#elif defined(__ARM_NEON)
#include <arm_neon.h>

enum { BITS = 4 };

static inline uint64_t
mask_of(const unsigned char *block, int byte)
{
	uint8x16_t same = vceqq_u8(vld1q_u8(block), vdupq_n_u8((uint8_t)byte));

	return vget_lane_u64(
	    vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(same), 4)), 0);
}
#endif

void *
memchr(const void *bytes, int byte, size_t length)
{
	const unsigned char *start = bytes;
	unsigned skip = (uintptr_t)start % BLOCK;
	const unsigned char *block = start - skip;
	uint64_t mask;

	if (length == 0)
		return NULL;
	mask = mask_of(block, byte) >> skip * BITS << skip * BITS;
	/* what is left is counted, since start + length may be no address */
	for (size_t left = length, step = BLOCK - skip; mask == 0; step = BLOCK) {
		if (left <= step)
			return NULL;
		left -= step;
		block += BLOCK;
		mask = mask_of(block, byte);
	}
	block += (unsigned)__builtin_ctzll(mask) / BITS;
	return (size_t)(block - start) < length ? (void *)(uintptr_t)block : NULL;
}

void *
memrchr(const void *bytes, int byte, size_t length)
{
	const unsigned char *start = bytes, *last = start + length - 1, *block;
	unsigned beyond;
	uint64_t mask;

	if (length == 0)
		return NULL;
	block = last - (uintptr_t)last % BLOCK;
	beyond = 63 - ((unsigned)(last - block) * BITS + BITS - 1);
	mask = mask_of(block, byte) << beyond >> beyond;
	while (mask == 0) {
		if ((uintptr_t)block <= (uintptr_t)start)
			return NULL;
		block -= BLOCK;
		mask = mask_of(block, byte);
	}
	block += (63 - (unsigned)__builtin_clzll(mask)) / BITS;
	return (uintptr_t)block >= (uintptr_t)start ? (void *)(uintptr_t)block : NULL;
}
