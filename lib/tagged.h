/* SPDX-License-Identifier: ISC */
/*
 * tagged - a text before each line of what a process writes.
 */
#ifndef PAR_TAGGED_H
#define PAR_TAGGED_H

#include <stdbool.h>
#include <stddef.h>

#include "buffered.h"

/* All zero: no text. */
struct tagged {
	const char *text; /* the caller's; len bytes without a newline */
	size_t len;
	bool in_line; /* what comes next is in the middle of a line */
};

/*
 * The next piece of what *left bytes at *data become: some of them, or the text; both are
 * what is left then.  False: nothing is.
 */
bool tagged_next(struct tagged *tagged, const char **data, size_t *left,
    const char **piece, size_t *len);

/* Add len bytes, which are not there already, so to buffered.  0, or -1 with errno. */
int tagged_buffer(
    struct tagged *tagged, struct buffered *buffered, const char *data, size_t len);

#endif
