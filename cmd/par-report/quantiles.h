/* SPDX-License-Identifier: ISC */
/*
 * quantiles - how many times were how long, in bounded memory.
 *
 * Times are counted in buckets: those below 2^bits microseconds each in one of its own,
 * longer ones in buckets 2^-bits wide, as a part of what they hold.  So a quantile is
 * exact below, and its error is less than 2^-bits of it above.  Where all times are whole
 * milliseconds, as in logs, it is rounded up to one, and with that exact up to
 * 2^bits milliseconds.
 */
#ifndef PAR_REPORT_QUANTILES_H
#define PAR_REPORT_QUANTILES_H

#include <stddef.h>
#include <stdint.h>

enum {
	QUANTILES_FINE = 15, /* bits: exact up to 32 s, 0.003 % beyond; 5 MB */
	QUANTILES_COARSE = 7 /* 0.8 %; 26 KB */
};

struct quantiles {
	uint64_t *counts, *sums; /* of buckets, and of many of them each */
	unsigned bits;
	uint64_t count, sum, least, most; /* exact; sum in microseconds */
	uint64_t unit; /* microseconds that all times are multiples of: 1, or 1000 */
};

/* 0, or -1 without memory. */
int quantiles_open(struct quantiles *quantiles, unsigned bits);
void quantiles_close(struct quantiles *quantiles);

void quantiles_add(struct quantiles *quantiles, uint64_t micros);

/*
 * The least time that so many of a thousand times 1000 are not longer than: 500000 is the
 * median.  0 if there is none.
 */
uint64_t quantiles_at(const struct quantiles *quantiles, uint64_t millionths);

/* The buckets, for drawing: how many, which one has a time, and the least of one. */
size_t quantiles_buckets(const struct quantiles *quantiles);
size_t quantiles_bucket(const struct quantiles *quantiles, uint64_t micros);
uint64_t quantiles_least(const struct quantiles *quantiles, size_t bucket);

#endif
