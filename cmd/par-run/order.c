/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "order.h"

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

	if (order->count == order->size) {
		size_t size = order->size == 0 ? 64 : 2 * order->size;
		struct held **larger = realloc(order->heap, size * sizeof(*larger));

		if (larger == NULL)
			return -1;
		order->heap = larger;
		order->size = size;
	}
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
	if (held->size - held->len < len) {
		size_t size = 2 * held->size + len;
		char *larger = realloc(held->data, size);

		if (larger == NULL)
			return -1;
		held->data = larger;
		held->size = size;
	}
	if (len > 0)
		memcpy(held->data + held->len, data, len);
	held->len += len;
	held->count += count;
	order->bytes += len;
	return 0;
}

struct held *
order_take(struct order *order)
{
	struct held *held = pop(order);

	order->next += held->count;
	return held;
}

void
order_free(struct order *order, struct held *held)
{
	if (held->run != NULL && *held->run == held)
		*held->run = NULL;
	order->bytes -= held->len;
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
