/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "fdio.h"
#include "grow.h"
#include "order.h"
#include "spool.h"

enum { RESERVED = 1 << 20 }; /* bytes more than are needed, at once */

static void
swap(struct held **a, struct held **b)
{
	struct held *kept = *a;

	*a = *b;
	*b = kept;
}

static int
push(struct order *order, struct held *held)
{
	size_t at = order->count;

	struct held **larger =
	    grow(order->heap, &order->size, at + 1, sizeof(struct held *), SIZE_MAX);

	if (larger == NULL)
		return -1;
	order->heap = larger;
	order->heap[order->count++] = held;
	for (; at > 0 && order->heap[at]->first < order->heap[(at - 1) / 2]->first;
	     at = (at - 1) / 2)
		swap(&order->heap[at], &order->heap[(at - 1) / 2]);
	return 0;
}

static struct held *
pop(struct order *order)
{
	struct held *top = order->heap[0];
	size_t at = 0;

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
static struct held *
begin(struct order *order, struct held **run, uint64_t number)
{
	struct held *held = calloc(1, sizeof(*held));

	if (held == NULL)
		return NULL;
	held->first = number;
	held->run = run;
	if (push(order, held) == 0)
		return held;
	free(held);
	return NULL;
}

int
order_keep(struct order *order, struct held **run, uint64_t number, uint64_t count,
    const char *data, size_t len)
{
	struct held *held = run == NULL ? NULL : *run;

	if (held == NULL || held->first + held->count != number)
		held = begin(order, run, number);
	if (run != NULL)
		*run = held;
	if (held == NULL)
		return -1;
	if (len > 0) {
		char *larger =
		    grow(held->data, &held->size, held->len + len, 1, BYTES_MOST);

		if (larger == NULL)
			return -1;
		held->data = larger;
		memcpy(held->data + held->len, data, len);
	}
	held->len += len;
	held->count += count;
	held->done += data == NULL ? 0 : count;
	order->bytes += len;
	return 0;
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
	error = posix_fallocate(
	    order->fd_plus_one - 1, (off_t)order->end, (off_t)(ahead - order->end));
	if (error != 0) { /* is there just enough? */
		ahead = end;
		error = posix_fallocate(
		    order->fd_plus_one - 1, (off_t)order->end, (off_t)len);
	}
	if (error != 0) {
		errno = error;
		return -1;
	}
	order->room = ahead;
	return 0;
}

int
order_keep_filed(
    struct order *order, uint64_t number, uint64_t count, size_t len, int *fd)
{
	struct held *held;

	if (order->fd_plus_one == 0)
		order->fd_plus_one = spool_file() + 1;
	if (order->fd_plus_one == 0)
		return -1;
	held = begin(order, NULL, number);
	if (held == NULL)
		return -1;
	held->count = held->done = count;
	held->len = len;
	held->filed = true;
	held->at = order->end;
	order->end += len;
	order->filed += len;
	order->bytes += len;
	*fd = order->fd_plus_one - 1;
	return 0;
}

int
order_write(const struct order *order, const struct held *held, size_t *at, int to)
{
	while (*at < held->len) {
		struct iovec rest = { .iov_len = held->len - *at };
		uint64_t n = held->len - *at;
		ssize_t got;

		if (held->filed) {
			got = spool_copy(order->fd_plus_one - 1, held->at + *at, &n, to);
			got = got < 0 ? -1 : (ssize_t)n;
		} else {
			rest.iov_base = held->data + *at;
			got = fdio_writev_now(to, &rest, 1);
		}
		if (got <= 0)
			return (int)got;
		*at += (size_t)got;
	}
	return 1;
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

struct held *
order_take(struct order *order)
{
	struct held *held = pop(order);

	order->next += held->count;
	return held;
}

struct held *
order_pull(struct order *order)
{
	return pop(order);
}

void
order_free(struct order *order, struct held *held)
{
	if (held->run != NULL && *held->run == held)
		*held->run = NULL;
	order->bytes -= held->len;
	if (held->filed) {
		order->filed -= held->len;
		if (order->filed == 0)
			close_file(order);
	}
	free(held->data);
	free(held);
}

void
order_close(struct order *order)
{
	while (order->count > 0)
		order_free(order, pop(order));
	free(order->heap);
	*order = (struct order){ 0 };
}
