/* SPDX-License-Identifier: ISC */
/*
 * micro - seconds in decimal, as logs have them, in microseconds.
 */
#ifndef PAR_REPORT_MICRO_H
#define PAR_REPORT_MICRO_H

#include <stddef.h>
#include <stdint.h>

#define MICRO_SECOND UINT64_C(1000000)

/* The most that is taken: some 3000 years. */
#define MICRO_MOST (UINT64_C(100000000000) * MICRO_SECOND)

/*
 * Digits, and maybe a point and more of them, of which six count; blanks may stand before
 * them.  0, or -1 if it is not of that form, or is more than MICRO_MOST.
 */
int micro_parse(const char *text, size_t len, uint64_t *out);

#endif
