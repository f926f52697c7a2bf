/* SPDX-License-Identifier: ISC */
/*
 * clock - time that only goes forward.
 */
#ifndef PAR_CLOCK_H
#define PAR_CLOCK_H

#include <stdint.h>

/* Milliseconds, and nanoseconds, since some moment before the program began. */
uint64_t clock_ms(void);
uint64_t clock_ns(void);

#endif
