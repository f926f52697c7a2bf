/* SPDX-License-Identifier: ISC */
#include "lane.h"
#include "record.h"

enum { BLOCK_SIZE = 224 << 10 };

/* Count what was put since into the batch that is open. */
static void
count_open(struct lane *lane)
{
	struct batch *open = lane->space.open;
	uint64_t more = lane_uncounted(lane);

	if (open == NULL)
		return;
	lane->fresh.records += more;
	open->count += more;
	open->len = (size_t)(lane->space.text - open->data);
}

/* The open batch goes, since nothing was put into it. */
static void
drop_open(struct lane *lane)
{
	struct batch **link = &lane->fresh.head;

	while (*link != lane->space.open)
		link = &(*link)->next;
	batch_free(*link);
	*link = NULL;
	lane->fresh.tail = link;
}

void
lane_shut(struct lane *lane)
{
	if (lane->space.open == NULL)
		return;
	count_open(lane);
	if (lane->space.open->count == 0)
		drop_open(lane);
	lane->rest = lane->space;
	lane->space = (struct lane_space){ 0 };
}

/* How many bytes so many records need, and what is copied behind the last. */
static size_t
needed(size_t records, size_t bytes)
{
	return bytes + records * sizeof(struct batch_note) + LANE_STEP;
}

/* Are there so many bytes? */
static bool
fits(const struct lane_space *space, size_t bytes)
{
	return (uintptr_t)space->note - (uintptr_t)space->text >= bytes;
}

/* Have so many bytes, with no batch open.  0, or -1. */
static int
make_room(struct lane *lane, size_t bytes, bool aside)
{
	size_t size = bytes <= BLOCK_SIZE ? BLOCK_SIZE : (bytes + 15) / 16 * 16;
	struct block *block = lane->block;

	if (block == NULL || block->references > 1 || block->size != size ||
	    block->aside != aside) {
		block_drop(block);
		block = lane->block = aside ? block_aside(size) : block_new(size);
	}
	lane->rest = (struct lane_space){ 0 };
	if (block == NULL)
		return -1;
	lane->rest.text = block->data;
	lane->rest.note = (struct batch_note *)(void *)(block->data + size);
	return 0;
}

/* Begin a batch at the end.  0, or -1 without memory. */
static int
begin(struct lane *lane, uint64_t number)
{
	struct batch *batch = batch_new(lane->block, lane->rest.text, 0, number, 0);

	if (batch == NULL)
		return -1;
	batch->notes = lane->rest.note - 1;
	batch->base = number;
	batch_push(&lane->fresh, batch);
	lane->space = lane->rest;
	lane->space.open = batch;
	return 0;
}

int
lane_open(struct lane *lane, uint64_t number, size_t records, size_t bytes, bool aside)
{
	const struct batch *open = lane->space.open;
	size_t all = needed(records, bytes);

	/* What comes from another place may stand before it. */
	if (open != NULL && fits(&lane->space, all) && number >= open->base &&
	    number + records - open->base <= UINT32_MAX)
		return 0;
	lane_shut(lane);
	if (!fits(&lane->rest, all) && make_room(lane, all, aside) < 0)
		return -1;
	return begin(lane, number);
}

int
lane_put(struct lane *lane, const struct lane_record *record, bool aside)
{
	if (lane_open(lane, record->number, 1, record->len, aside) < 0)
		return -1;
	*--lane->space.note =
	    (struct batch_note){ (uint32_t)record->number, record->tag };
	memcpy(lane->space.text, record->data, record->len);
	lane->space.text += record->len;
	return 0;
}

uint64_t
lane_followers(struct lane *lane, uint64_t max)
{
	const struct batch *batch = lane->fresh.head;
	uint64_t count = 1;

	count_open(lane);
	while (batch != NULL && count < max && count < batch->count &&
	    batch_number(batch, count) == batch->first + count)
		count++;
	return count;
}

int
lane_cut(struct lane *lane, uint64_t max, size_t max_bytes, struct batch **front)
{
	struct batch *head = lane->fresh.head;
	uint64_t count;
	size_t len;

	*front = NULL;
	if (head == NULL)
		return 0;
	count_open(lane);
	len = head->len;
	count = head->count;
	if (count > max || len > max_bytes)
		len = record_span(head->data, head->len, max, max_bytes, &count);
	if (count == head->count) {
		if (head == lane->space.open)
			lane_shut(lane);
		*front = batch_pop(&lane->fresh, UINT64_MAX);
		return 0;
	}
	*front = batch_slice(head, 0, count, 0);
	if (*front == NULL)
		return -1;
	head->data += len;
	head->len -= len;
	head->notes = batch_note(head, count);
	head->first = batch_number(head, 0);
	head->count -= count;
	lane->fresh.records -= count;
	return 0;
}

void
lane_clear(struct lane *lane)
{
	batch_clear(&lane->requeued);
	batch_clear(&lane->fresh);
	block_drop(lane->block);
	*lane = (struct lane){ 0 };
}
