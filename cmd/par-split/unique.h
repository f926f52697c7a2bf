/* SPDX-License-Identifier: ISC */
/*
 * unique - records whose key was seen before, to be dropped, in bounded memory.
 *
 * As long as the keys seen fit in memory, new ones pass at once.  After that,
 * records whose keys are not in memory are put aside on disk, by parts of the hash
 * of the key, and told apart at the end, a part that fits at a time.
 */
#ifndef PAR_SPLIT_UNIQUE_H
#define PAR_SPLIT_UNIQUE_H

#include <stddef.h>
#include <stdint.h>

#include "key.h"

struct unique;

struct unique_plan {
	struct key key;
	size_t memory; /* bytes */
	/* Told of each record that lacks the key, which is dropped, too. */
	void (*lacking)(void *context, const char *data, size_t len);
	void *context;
};

/* NULL if there is no memory. */
struct unique *unique_open(const struct unique_plan *plan);
void unique_close(struct unique *unique);

/*
 * Of the len bytes of whole records at data, move those that are new to the
 * front; their length.  Others are dropped, or put aside.  SIZE_MAX with errno if
 * there is no memory or no disk.
 */
size_t unique_filter(struct unique *unique, char *data, size_t len);

/*
 * At the end of the input: the next run of records that were put aside and proved
 * new, in the order of the input.  1, 0 at the end, -1 with errno.
 */
int unique_next(struct unique *unique, const char **data, size_t *len);

/* How many records were dropped as seen before, and how many there were. */
uint64_t unique_dropped(const struct unique *unique);
uint64_t unique_seen(const struct unique *unique);

#endif
