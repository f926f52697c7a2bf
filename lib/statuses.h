/* SPDX-License-Identifier: ISC */
/*
 * statuses - exit statuses of a process that are fine, though they are not 0.
 */
#ifndef PAR_STATUSES_H
#define PAR_STATUSES_H

#include <stdbool.h>
#include <stdint.h>

/* All zero: none but 0. */
struct statuses {
	uint32_t bits[8];
	const char *given; /* as it was read, which is not copied; or NULL */
};

/* Read into a struct statuses numbers from 0 to 255 and ranges of them, as 0,1,3-5: NULL,
 * or what is wrong. */
const char *statuses_read(void *target, const char *text);

/* statuses may be NULL. */
bool statuses_fine(const struct statuses *statuses, int status);

#endif
