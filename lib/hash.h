/* SPDX-License-Identifier: ISC */
/*
 * hash - XXH64, by its published algorithm: fast, and the same on every machine.
 */
#ifndef PAR_HASH_H
#define PAR_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t hash_bytes(const void *data, size_t len, uint64_t seed);

/* A seed that no author of input can know. */
uint64_t hash_random_seed(void);

#endif
