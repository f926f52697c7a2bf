/* SPDX-License-Identifier: ISC */
/*
 * near - which of some names a person meant who wrote another one.
 */
#ifndef PAR_NEAR_H
#define PAR_NEAR_H

#include <stddef.h>

enum { NEAR_LONGEST = 40 }; /* bytes of a name that is looked at */

/* The nearest name so far, for a word of len bytes; begin with { .word, .len }. */
struct near {
	const char *word;
	size_t len;
	const char *name; /* NULL: none is near */
	unsigned distance;
};

/* Is this name nearer?  Of names as near as each other the first one is kept. */
void near_try(struct near *near, const char *name);

#endif
