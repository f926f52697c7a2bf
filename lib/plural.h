/* SPDX-License-Identifier: ISC */
/*
 * plural - what goes with a count in a message: 1 record is, 2 records are.
 */
#ifndef PAR_PLURAL_H
#define PAR_PLURAL_H

#include <stdint.h>

/* One of both, for n of them; "" and "s" will do for most. */
static inline const char *
plural(uint64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

#endif
