/* SPDX-License-Identifier: ISC */
/*
 * items - runs of bytes with a place each, in spools, read back as one by place.
 */
#ifndef PAR_ITEMS_H
#define PAR_ITEMS_H

#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "spool.h"

struct item {
	uint64_t seq; /* its place */
	uint64_t len; /* bytes */
};

/*
 * Add an item of head_len bytes of head and then len of data to spool, in which
 * the places must rise.  0, or -1 with errno.
 */
int item_put(struct spool *spool, uint64_t seq, const void *head, size_t head_len,
    const void *data, size_t len);

struct items_source;

struct items {
	struct items_source *heap; /* the least seq first */
	size_t live;
	struct bytes data; /* of the last item */
};

/*
 * Read the items of count spools, by rising seq, and by number of the spool where
 * it is the same.  The spools stay the caller's to close.  0, or -1 with errno.
 */
int items_open(struct items *items, struct spool *spools, size_t count);

/* The next one; *data is valid until the next call.  1, 0 at the end, or -1. */
int items_next(struct items *items, struct item *item, const char **data);

void items_close(struct items *items);

#endif
