/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "disk.h"
#include "fdio.h"
#include "grow.h"
#include "order.h"
#include "spool.h"

enum { RESERVED = 1 << 20 }; /* bytes more than are needed, at once */

static void
swap(struct retained **a, struct retained **b)
{
	struct retained *first = *a;

	*a = *b;
	*b = first;
}

static int
push(struct order *order, struct retained *retained)
{
	size_t at = order->count;

	struct retained **larger =
	    grow(order->heap, &order->size, at + 1, sizeof(struct retained *), SIZE_MAX);

	if (larger == NULL)
		return -1;
	order->heap = larger;
	order->heap[order->count++] = retained;
	for (; at > 0 && order->heap[at]->first < order->heap[(at - 1) / 2]->first;
	     at = (at - 1) / 2)
		swap(&order->heap[at], &order->heap[(at - 1) / 2]);
	return 0;
}

/* Take out the first, which does not grow any more. */
static struct retained *
pop(struct order *order)
{
	struct retained *top = order->heap[0];
	size_t at = 0;

	if (top->run != NULL && *top->run == top)
		*top->run = NULL;
	order->heap[0] = order->heap[--order->count];
	for (;;) {
		size_t least = at;

		for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++)
			if (child < order->count &&
			    order->heap[child]->first < order->heap[least]->first)
				least = child;
		if (least == at)
			return top;
		swap(&order->heap[at], &order->heap[least]);
		at = least;
	}
}

/* Begin a run with record number. */
static struct retained *
begin(struct order *order, struct retained **run, uint64_t number)
{
	struct retained *retained = calloc(1, sizeof(*retained));

	if (retained == NULL)
		return NULL;
	retained->first = number;
	retained->run = run;
	if (push(order, retained) == 0)
		return retained;
	free(retained);
	return NULL;
}

int
order_retain(struct order *order, struct retained **run, const struct extent *extent,
    const char *data)
{
	struct retained *retained = run == NULL ? NULL : *run;
	size_t len = extent->bytes;

	if (retained == NULL || retained->first + retained->count != extent->first)
		retained = begin(order, run, extent->first);
	if (run != NULL)
		*run = retained;
	if (retained == NULL)
		return -1;
	if (len > 0) {
		char *larger = grow(
		    retained->data, &retained->size, retained->len + len, 1, BYTES_MOST);

		if (larger == NULL)
			return -1;
		retained->data = larger;
		memcpy(retained->data + retained->len, data, len);
	}
	retained->len += len;
	retained->count += extent->count;
	retained->done += extent->done;
	order->bytes += len;
	return 0;
}

uint64_t
order_done(const struct order *order)
{
	uint64_t count = 0;

	for (size_t i = 0; i < order->count; i++)
		count += order->heap[i]->done;
	return count;
}

uint64_t
order_failed(const struct order *order)
{
	uint64_t count = 0;

	for (size_t i = 0; i < order->count; i++)
		count += order->heap[i]->count - order->heap[i]->done;
	return count;
}

int
order_reserve(struct order *order, size_t len)
{
	uint64_t end = order->end + len, ahead = end + RESERVED;
	int error;

	if (order->fd_plus_one == 0)
		order->fd_plus_one = spool_file() + 1;
	if (order->fd_plus_one == 0)
		return -1;
	if (end <= order->room)
		return 0;
	error = disk_grow(order->fd_plus_one - 1, (off_t)order->end, (off_t)ahead);
	if (error != 0) { /* is there just enough? */
		ahead = end;
		error = disk_grow(order->fd_plus_one - 1, (off_t)order->end, (off_t)end);
	}
	if (error != 0) {
		errno = error;
		return -1;
	}
	order->room = ahead;
	return 0;
}

struct retained *
order_retain_filed(struct order *order, const struct extent *extent, int *fd)
{
	struct retained *retained;

	if (order->fd_plus_one == 0)
		order->fd_plus_one = spool_file() + 1;
	if (order->fd_plus_one == 0)
		return NULL;
	retained = begin(order, NULL, extent->first);
	if (retained == NULL)
		return NULL;
	retained->count = extent->count;
	retained->len = extent->bytes;
	retained->filed = true;
	retained->at = order->end;
	order->end += extent->bytes;
	order->filed += extent->bytes;
	order->bytes += extent->bytes;
	*fd = order->fd_plus_one - 1;
	return retained;
}

int
order_write(const struct order *order, const struct retained *retained, size_t *at,
    struct fdio_sink to)
{
	while (*at < retained->len) {
		struct iovec rest = { .iov_len = retained->len - *at };
		uint64_t n = retained->len - *at;
		ssize_t got;

		if (retained->filed) {
			got = spool_copy(
			    order->fd_plus_one - 1, retained->at + *at, &n, to);
			got = got < 0 ? -1 : (ssize_t)n;
		} else {
			rest.iov_base = retained->data + *at;
			got = fdio_writev_now(to, &rest, 1);
		}
		if (got <= 0)
			return (int)got;
		*at += (size_t)got;
	}
	return 1;
}

ssize_t
order_read(const struct order *order, const struct retained *retained, size_t at,
    char *to, size_t room)
{
	size_t left = retained->len - at < room ? retained->len - at : room;

	if (retained->filed)
		return fdio_read_at(order->fd_plus_one - 1, to, left, retained->at + at);
	if (left > 0)
		memcpy(to, retained->data + at, left);
	return (ssize_t)left;
}

/* Nothing in the file is needed any more: its room is given back. */
static void
close_file(struct order *order)
{
	if (order->fd_plus_one > 0)
		close(order->fd_plus_one - 1);
	order->fd_plus_one = 0;
	order->end = order->room = 0;
}

struct retained *
order_take(struct order *order)
{
	struct retained *retained = pop(order);

	order->next += retained->count;
	return retained;
}

struct retained *
order_pull(struct order *order)
{
	return pop(order);
}

void
order_free(struct order *order, struct retained *retained)
{
	order->bytes -= retained->len;
	if (retained->filed) {
		order->filed -= retained->len;
		if (order->filed == 0)
			close_file(order);
	}
	free(retained->data);
	free(retained);
}

void
order_close(struct order *order)
{
	while (order->count > 0)
		order_free(order, pop(order));
	free(order->heap);
	*order = (struct order){ 0 };
}
