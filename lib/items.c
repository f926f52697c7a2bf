/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "items.h"

struct items_source {
	struct spool *spool;
	struct item next; /* described, its bytes not yet read */
};

int
item_put(struct spool *spool, uint64_t seq, const void *head, size_t head_len,
    const void *data, size_t len)
{
	struct item item = { .seq = seq, .len = head_len + len };

	if (spool_put(spool, &item, sizeof(item)) < 0 ||
	    spool_put(spool, head, head_len) < 0)
		return -1;
	return spool_put(spool, data, len);
}

static bool
before(const struct items_source *a, const struct items_source *b)
{
	return a->next.seq != b->next.seq ? a->next.seq < b->next.seq
					  : a->spool < b->spool;
}

/* Move heap[at] down to where it belongs. */
static void
sift(struct items *items, size_t at)
{
	struct items_source moved = items->heap[at];

	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < items->live &&
		    before(&items->heap[child + 1], &items->heap[child]))
			child++;
		if (child >= items->live || !before(&items->heap[child], &moved))
			break;
		items->heap[at] = items->heap[child];
		at = child;
	}
	items->heap[at] = moved;
}

int
items_open(struct items *items, struct spool *spools, size_t count)
{
	*items = (struct items){ .heap = calloc(count + 1, sizeof(*items->heap)) };
	if (items->heap == NULL)
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct items_source *source = &items->heap[items->live];
		int got;

		source->spool = &spools[i];
		if (spool_rewind(&spools[i]) < 0)
			return -1;
		got = spool_get(&spools[i], &source->next, sizeof(source->next));
		if (got < 0)
			return -1;
		items->live += (size_t)got;
	}
	for (size_t i = items->live / 2; i-- > 0;)
		sift(items, i);
	return 0;
}

int
items_next(struct items *items, struct item *item, const char **data)
{
	struct items_source *least = &items->heap[0];
	char *to;
	int got;

	if (items->live == 0)
		return 0;
	*item = least->next;
	to = bytes_anew(&items->data, (size_t)item->len);
	if (to == NULL)
		return -1;
	got = spool_get(least->spool, to, (size_t)item->len);
	if (got == 0)
		errno = EIO;
	if (got <= 0)
		return -1;
	*data = to;
	got = spool_get(least->spool, &least->next, sizeof(least->next));
	if (got < 0)
		return -1;
	if (got == 0)
		*least = items->heap[--items->live];
	if (items->live > 0)
		sift(items, 0);
	return 1;
}

void
items_close(struct items *items)
{
	free(items->heap);
	bytes_free(&items->data);
	*items = (struct items){ 0 };
}
