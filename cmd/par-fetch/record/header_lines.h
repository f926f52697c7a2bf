/* SPDX-License-Identifier: ISC */
/*
 * header_lines - the header of an answer, as it came, line by line.
 */
#ifndef PAR_FETCH_HEADER_LINES_H
#define PAR_FETCH_HEADER_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"

/* A field of a header; both are parts of the lines, without blanks around. */
struct header_field {
	const char *name, *value;
	size_t name_len, value_len; /* a value that was folded has ends of lines in it */
};

/*
 * The next field of lines, from *at on, 0 at first; what has no colon is left out, as is
 * the status line.  False: there is none.
 */
bool header_lines_next(const struct bytes *lines, size_t *at, struct header_field *field);

/* Put a value on one line. */
void header_lines_unfold(struct bytes *out, const struct header_field *field);

#endif
