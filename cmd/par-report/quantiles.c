/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "micro.h"
#include "quantiles.h"

enum {
	MOST_BITS = 57, /* of MICRO_MOST */
	BLOCK_BITS = 10 /* so many buckets have a sum, too */
};

int
quantiles_open(struct quantiles *quantiles, unsigned bits)
{
	size_t buckets;

	*quantiles =
	    (struct quantiles){ .bits = bits, .least = UINT64_MAX, .unit = 1000 };
	buckets = quantiles_buckets(quantiles);
	quantiles->counts =
	    calloc(buckets + (buckets >> BLOCK_BITS) + 1, sizeof(*quantiles->counts));
	if (quantiles->counts == NULL)
		return -1;
	quantiles->sums = quantiles->counts + buckets;
	return 0;
}

void
quantiles_close(struct quantiles *quantiles)
{
	free(quantiles->counts);
	quantiles->counts = NULL;
}

size_t
quantiles_buckets(const struct quantiles *quantiles)
{
	return (size_t)(MOST_BITS - quantiles->bits + 2) << quantiles->bits;
}

/* From 2^bits on each power of two has 2^bits of them. */
size_t
quantiles_bucket(const struct quantiles *quantiles, uint64_t micros)
{
	unsigned bits = quantiles->bits, top;

	if (micros >> bits == 0)
		return (size_t)micros;
	top = 63 - (unsigned)__builtin_clzll(micros);
	return ((size_t)(top - bits) << bits) + (size_t)(micros >> (top - bits));
}

uint64_t
quantiles_least(const struct quantiles *quantiles, size_t bucket)
{
	unsigned bits = quantiles->bits;
	size_t power = bucket >> bits;

	if (power == 0)
		return bucket;
	return (uint64_t)((bucket & (((size_t)1 << bits) - 1)) | (size_t)1 << bits)
	    << (power - 1);
}

void
quantiles_add(struct quantiles *quantiles, uint64_t micros)
{
	size_t bucket;

	if (micros > MICRO_MOST)
		micros = MICRO_MOST;
	bucket = quantiles_bucket(quantiles, micros);
	quantiles->counts[bucket]++;
	quantiles->sums[bucket >> BLOCK_BITS]++;
	quantiles->count++;
	quantiles->sum += micros;
	if (micros < quantiles->least)
		quantiles->least = micros;
	if (micros > quantiles->most)
		quantiles->most = micros;
	if (micros % 1000 != 0)
		quantiles->unit = 1;
}

uint64_t
quantiles_at(const struct quantiles *quantiles, uint64_t millionths)
{
	uint64_t all = quantiles->count, seen = 0, value;
	uint64_t rank =
	    all / 1000000 * millionths + (all % 1000000 * millionths + 999999) / 1000000;
	size_t bucket = 0;

	if (quantiles->count == 0)
		return 0;
	if (rank == 0)
		rank = 1;
	while (seen + quantiles->sums[bucket] < rank)
		seen += quantiles->sums[bucket++];
	bucket <<= BLOCK_BITS;
	while ((seen += quantiles->counts[bucket]) < rank)
		bucket++;
	value = quantiles_least(quantiles, bucket) + quantiles->unit - 1;
	value -= value % quantiles->unit;
	if (value < quantiles->least)
		return quantiles->least;
	return value > quantiles->most ? quantiles->most : value;
}
