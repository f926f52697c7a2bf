/* SPDX-License-Identifier: ISC */
/*
 * bytes - a run of bytes that grows, its memory kept for the next use.
 *
 * Without memory the program ends with a diagnostic.
 */
#ifndef PAR_BYTES_H
#define PAR_BYTES_H

#include <stddef.h>

/* All zero is an empty one. */
struct bytes {
	char *data;
	size_t len, size;
};

/* Room for more bytes behind what there is, to be counted by adding to len. */
char *bytes_reserve(struct bytes *bytes, size_t more);

void bytes_put(struct bytes *bytes, const void *data, size_t len);

/* Empty it; memory beyond keep bytes is given back. */
void bytes_clear(struct bytes *bytes, size_t keep);

void bytes_free(struct bytes *bytes);

/* A copy of len bytes that ends in a NUL, the caller's to free. */
char *bytes_string(const char *data, size_t len);

#endif
