/* SPDX-License-Identifier: ISC */
/*
 * num - bounded numbers, sizes and durations, as people write them.
 *
 * Each returns 0 and sets *out, or -1 with errno EINVAL (not of that form) or
 * ERANGE (of that form, but outside min to max); *out is then untouched.
 */
#ifndef PAR_NUM_H
#define PAR_NUM_H

#include <stddef.h>
#include <stdint.h>

/* Decimal digits only: no sign, no space, no base prefix. */
int num_parse(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/* Decimal digits only, len bytes of them that need not end in a NUL. */
int
num_parse_bytes(const char *text, size_t len, uint64_t min, uint64_t max, uint64_t *out);

/* Bytes: a number and one of K, M, G, T (powers of 1024; k, KiB and KB too). */
int num_size(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/* Milliseconds: seconds with or without a fraction, or with ms, s, m, h, d. */
int num_duration(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/* Value, or as much as memory could ever have of it. */
static inline size_t
num_clip(uint64_t value)
{
	return value < SIZE_MAX / 2 ? (size_t)value : SIZE_MAX / 2;
}

/* Write value in decimal at dst, which has room for 20 bytes; the end of it. */
char *num_format(char *dst, uint64_t value);

#endif
