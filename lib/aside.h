/* SPDX-License-Identifier: ISC */
/*
 * aside - how much of what waits is in memory, before what is more is in temporary files.
 */
#ifndef PAR_ASIDE_H
#define PAR_ASIDE_H

#include <stddef.h>

/* Bytes. */
struct aside_limits {
	size_t buffered; /* output of one worker that is not passed on yet */
	size_t retained; /* output of all whose turn it is not */
	size_t input; /* records that workers have */
};

/* The simulator has another one. */
extern const struct aside_limits aside_limits;

#endif
