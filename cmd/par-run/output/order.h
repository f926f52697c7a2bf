/* SPDX-License-Identifier: ISC */
/*
 * order - input order restored: output that comes before its turn is retained,
 * in runs of neighbours, until the records before it are done.
 */
#ifndef PAR_RUN_ORDER_H
#define PAR_RUN_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "aside.h"
#include "fdio.h"

/* The output of count records from number first on. */
struct extent {
	uint64_t first, count;
	uint64_t done; /* of these; the others are not waited for, as they were named */
	size_t bytes;
};

/* Such output where it is retained. */
struct retained {
	struct retained *next; /* the caller's, */
	uint64_t ticket; /* and so is this */
	uint64_t first, count, done; /* as in struct extent */
	char *data;
	size_t len, size;
	bool filed; /* not at data, but in the file, from byte at on */
	uint64_t at;
	struct retained **run; /* who may add to it, NULL once it is taken; or NULL */
};

struct order {
	uint64_t next; /* the record whose turn it is */
	struct retained **heap; /* least first on top */
	size_t count, size;
	size_t bytes; /* of output retained */
	size_t filed; /* of that, in the file */
	int fd_plus_one; /* of the file; 0: there is none */
	uint64_t end; /* of what was written to it */
	uint64_t room; /* so much of it is ours already */
};

/*
 * Retain data as what extent says, whose turn it is not yet.
 * *run is where its worker's last one was retained, or NULL; it is set for the next.
 * run is NULL if there is no next.
 * 0, or -1 without memory.
 */
int order_retain(struct order *order, struct retained **run, const struct extent *extent,
    const char *data);

/*
 * Retain it in a temporary file: *fd is where the caller is to write the bytes next, and
 * then sets retained->done of what this returns; NULL with errno.
 */
struct retained *
order_retain_filed(struct order *order, const struct extent *extent, int *fd);

/* Is that where len bytes more would be retained? */
static inline bool
order_files(const struct order *order, size_t len)
{
	return order->bytes - order->filed + len > aside_limits.retained;
}

/* So many records of what is retained are done. */
uint64_t order_done(const struct order *order);

/* So many are not: they were named before their turn. */
uint64_t order_failed(const struct order *order);

/* Have room for len bytes there.  0, or -1 with errno. */
int order_reserve(struct order *order, size_t len);

/* Is there output whose turn it is?  It is on top of the heap. */
static inline bool
order_ready(const struct order *order)
{
	return order->count > 0 && order->heap[0]->first == order->next;
}

/*
 * The output whose turn it is, order_ready(); the records in it then had theirs.
 * To be given back to order_free().
 */
struct retained *order_take(struct order *order);

/*
 * Write what is retained from byte *at on, as much as to takes; *at is where to go on.  1
 * if that was all, 0 if it takes no more now, or -1 with errno.
 */
int order_write(const struct order *order, const struct retained *retained, size_t *at,
    struct fdio_sink to);

/* The next bytes of retained from byte at on, to to, at most room: how many, or -1 with
 * errno. */
ssize_t order_read(const struct order *order, const struct retained *retained, size_t at,
    char *to, size_t room);

/* The one with the least number, whose turn has not come: as order_take(). */
struct retained *order_pull(struct order *order);

void order_free(struct order *order, struct retained *retained);

void order_close(struct order *order);

#endif
