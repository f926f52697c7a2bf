/* SPDX-License-Identifier: ISC */
/*
 * order - input order restored: output that comes before its turn is kept, in
 * runs of neighbours, until the records before it are done.
 */
#ifndef PAR_RUN_ORDER_H
#define PAR_RUN_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORDER_MEMORY = 64 << 20 }; /* bytes; what is beyond that is for the file */

/* The output of count records from number first on. */
struct held {
	struct held *next; /* the caller's */
	uint64_t first, count;
	uint64_t done; /* of these; the others were given up */
	char *data;
	size_t len, size;
	bool filed; /* not at data, but in the file, from byte at on */
	uint64_t at;
	struct held **run; /* who may add to it, set to NULL when it is freed; or NULL */
};

struct order {
	uint64_t next; /* the record whose turn it is */
	struct held **heap; /* least first on top */
	size_t count, size;
	size_t bytes; /* of output kept */
	size_t filed; /* of that, in the file */
	int fd_plus_one; /* of the file; 0: there is none */
	uint64_t end; /* of what was written to it */
	uint64_t room; /* so much of it is ours already */
};

/*
 * Keep len bytes as the output of count records from number on, whose turn it is
 * not yet; data is NULL where they were given up, and have none.
 * *run is where its worker's last one was kept, or NULL; it is set for the next.
 * run is NULL if there is no next.
 * 0, or -1 without memory.
 */
int order_keep(struct order *order, struct held **run, uint64_t number, uint64_t count,
    const char *data, size_t len);

/*
 * The same in a temporary file: *fd is where the caller is to write the len bytes
 * next.  0, or -1 with errno.
 */
int order_keep_filed(
    struct order *order, uint64_t number, uint64_t count, size_t len, int *fd);

/* Is that where len bytes more would be kept? */
static inline bool
order_files(const struct order *order, size_t len)
{
	return order->bytes - order->filed + len > ORDER_MEMORY;
}

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
struct held *order_take(struct order *order);

/*
 * Write what is held from byte *at on to descriptor to, as much as that takes; *at is
 * where to go on.  1 if that was all, 0 if it takes no more now, or -1 with errno.
 */
int order_write(const struct order *order, const struct held *held, size_t *at, int to);

/* The one with the least number, whose turn has not come: as order_take(). */
struct held *order_pull(struct order *order);

void order_free(struct order *order, struct held *held);

void order_close(struct order *order);

#endif
