/* SPDX-License-Identifier: ISC */
/*
 * amount - counts, times and sizes as people read them.
 */
#ifndef PAR_REPORT_AMOUNT_H
#define PAR_REPORT_AMOUNT_H

#include <stdint.h>

#include "bytes.h"

/* All digits, with a comma before each third: 1,234,567. */
void amount_count(struct bytes *to, uint64_t count);

/* Three or four digits that count: 12 ms, 1.234 s, 3 min 20 s, 2 h 05 min, 3 d 4 h. */
void amount_time(struct bytes *to, uint64_t micros);

/* 999 B, 1.2 kB, 34 MB: powers of 1000. */
void amount_bytes(struct bytes *to, uint64_t size);

/* 0.12, 3.4, 120, 3.4 k, 12 M: of a rate, or a tick of an axis. */
void amount_short(struct bytes *to, double value);

/* A part of a whole: 0 %, 0.03 %, 12 %, 99.97 %, and 100 % where nothing lacks. */
void amount_share(struct bytes *to, double part, double whole);

/* Seconds, with as many digits behind the point as there are: 1.5, 0.000001, 3. */
void amount_exact(struct bytes *to, uint64_t micros);

#endif
