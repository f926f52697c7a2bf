/* SPDX-License-Identifier: ISC */
/*
 * separator - input whose records end with another byte, or are lines together, as those
 * of par-record(5): each escaped as a field is, so that no byte is lost.
 */
#ifndef PAR_RUN_SEPARATOR_H
#define PAR_RUN_SEPARATOR_H

#include <stdbool.h>
#include <stddef.h>

#include "edges.h"
#include "hash.h"

struct separator {
	bool on; /* else it is newline, and nothing is escaped */
	char byte;
	struct edges edges; /* on, and it is a newline, but only where these say so */
};

/* A byte, or one that par-record(5) escapes.  NULL, or why not; for opt.h. */
const char *separator_read(void *separator, const char *value);

/* NUL, for opt.h; value is not looked at. */
const char *separator_nul(void *separator, const char *value);

/* Records are lines together, if edges say so. */
static inline void
separator_by_edges(struct separator *separator)
{
	if (!edges_on(&separator->edges))
		return;
	separator->on = true;
	separator->byte = '\n';
}

/*
 * Escape len bytes of input into dst, which has room for twice as many; no overlap.
 * Returns how many were written.
 */
size_t separator_escape(
    const struct separator *separator, char *dst, const char *data, size_t len);

/* Escape all that there is of some records; data is changed. */
size_t separator_escape_all(
    const struct separator *separator, char *dst, char *data, size_t len);

/*
 * Add to hash what len bytes that were made by it were before, but for the first skip
 * bytes of that.
 */
void separator_hash(const struct separator *separator, struct hash_stream *hash,
    const char *data, size_t len, size_t skip);

#endif
