/* SPDX-License-Identifier: ISC */
/*
 * verbatim - records as they were in the input, for a process that reads them.
 */
#ifndef PAR_RUN_VERBATIM_H
#define PAR_RUN_VERBATIM_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"

struct verbatim {
	bool escaped; /* records are, as a whole */
	char end; /* what each ended with */
	const char *header; /* what stood before all of them, header_len bytes; or NULL */
	size_t header_len;
};

/* Are these the very bytes that records are here, but for a header? */
static inline bool
verbatim_same(const struct verbatim *verbatim)
{
	return !verbatim->escaped && verbatim->end == '\n';
}

/* Make text what len bytes of whole records were, header first.  0, or -1 with errno. */
int verbatim_make(
    const struct verbatim *verbatim, struct bytes *text, const char *data, size_t len);

#endif
