/* SPDX-License-Identifier: ISC */
/*
 * chance - numbers that look random and follow from SEED and the name of the test.
 */
#ifndef PAR_UNIT_CHANCE_H
#define PAR_UNIT_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Begin anew, for the test of this name. */
void chance_begin(uint64_t seed, const char *name);

uint64_t chance(void);

/* From 0 to n - 1. */
uint64_t chance_below(uint64_t n);

/* From least to most. */
uint64_t chance_from(uint64_t least, uint64_t most);

/* One time in n. */
bool chance_one_in(uint64_t n);

/* Any bytes; or each one of those in set. */
void chance_bytes(char *dst, size_t len);
void chance_bytes_of(char *dst, size_t len, const char *set, size_t set_len);

#endif
