/* SPDX-License-Identifier: ISC */
/*
 * match - which of many bytes are a certain one, as bits.
 */
#ifndef PAR_MATCH_H
#define PAR_MATCH_H

#include <stddef.h>
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { MATCH_SPAN = 64 };

#ifdef __SSE2__
static inline uint64_t
match_16(const unsigned char *bytes, __m128i wanted)
{
	__m128i found = _mm_cmpeq_epi8(_mm_loadu_si128((const void *)bytes), wanted);

	return (unsigned)_mm_movemask_epi8(found);
}
#endif

/* Which of the MATCH_SPAN bytes at data are byte; the first one is the lowest bit. */
static inline uint64_t
match(const void *data, unsigned char byte)
{
	const unsigned char *bytes = data;
	uint64_t found = 0;

#ifdef __SSE2__
	const __m128i wanted = _mm_set1_epi8((char)byte);

	found = match_16(bytes, wanted) | match_16(bytes + 16, wanted) << 16 |
	    match_16(bytes + 32, wanted) << 32 | match_16(bytes + 48, wanted) << 48;
#else
	for (int i = 0; i < MATCH_SPAN; i++)
		found |= (uint64_t)(bytes[i] == byte) << i;
#endif
	return found;
}

#endif
