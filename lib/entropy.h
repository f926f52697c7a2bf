/* SPDX-License-Identifier: ISC */
/*
 * entropy - numbers that nobody can guess, of the system.
 */
#ifndef PAR_ENTROPY_H
#define PAR_ENTROPY_H

#include <stddef.h>

/* Fill in len bytes, at most 256.  0, or -1 with errno. */
int entropy(void *bytes, size_t len);

#endif
