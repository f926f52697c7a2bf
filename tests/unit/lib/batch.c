/* SPDX-License-Identifier: ISC */
/*
 * The model of a queue is an array of what was put in, in order.
 */
#include <string.h>

#include "batch.h"
#include "chance.h"
#include "check.h"
#include "memory.h"

enum { QUEUES = 3, MOST = 200 };

struct entry {
	struct batch *batch;
	uint64_t count, not_before;
};

static struct {
	struct batch_queue queue;
	struct entry entries[MOST];
	size_t count;
} queues[QUEUES];

static struct block *shared;
static size_t views; /* batches that are views of it */

/* A batch of so many records, none of them there: a queue looks at no record. */
static void
do_push(size_t q)
{
	struct batch *batch;
	struct entry *entry = &queues[q].entries[queues[q].count];

	if (queues[q].count == MOST / QUEUES)
		return;
	batch = batch_new(shared, shared->data, 0, 0, chance_from(1, 5));
	batch->not_before = chance_one_in(3) ? chance_from(1, 20) : 0;
	*entry = (struct entry){ batch, batch->count, batch->not_before };
	queues[q].count++;
	views++;
	batch_push(&queues[q].queue, batch);
}

/* Where in the model the first is whose time has come; its count if none has. */
static size_t
first_ready(size_t q, uint64_t now)
{
	size_t i = 0;

	while (i < queues[q].count && queues[q].entries[i].not_before > now)
		i++;
	return i;
}

static void
do_pop(size_t q)
{
	uint64_t now = chance_below(25);
	size_t i = first_ready(q, now);
	struct batch *want = i < queues[q].count ? queues[q].entries[i].batch : NULL;

	check(batch_peek(&queues[q].queue, now) == want);
	check(batch_pop(&queues[q].queue, now) == want);
	if (want == NULL)
		return;
	batch_free(want);
	views--;
	queues[q].count--;
	memmove(&queues[q].entries[i], &queues[q].entries[i + 1],
	    (queues[q].count - i) * sizeof(struct entry));
}

static void
do_join(size_t q)
{
	size_t from = (q + 1) % QUEUES;

	if (queues[q].count + queues[from].count > MOST / QUEUES)
		return;
	batch_join(&queues[q].queue, &queues[from].queue);
	memcpy(&queues[q].entries[queues[q].count], queues[from].entries,
	    queues[from].count * sizeof(struct entry));
	queues[q].count += queues[from].count;
	queues[from].count = 0;
}

static void
do_clear(size_t q)
{
	batch_clear(&queues[q].queue);
	views -= queues[q].count;
	queues[q].count = 0;
}

static void
compare(size_t q)
{
	uint64_t records = 0, due = UINT64_MAX;
	const struct batch *batch = queues[q].queue.head;

	for (size_t i = 0; i < queues[q].count; i++, batch = batch->next) {
		check(batch == queues[q].entries[i].batch);
		records += queues[q].entries[i].count;
		if (queues[q].entries[i].not_before < due)
			due = queues[q].entries[i].not_before;
	}
	check(batch == NULL);
	check_is(queues[q].queue.records, records);
	check_is(batch_due(&queues[q].queue), due);
	check_is(shared->references, views + 1);
}

static void
queue_agrees(void)
{
	static void (*const operations[])(
	    size_t q) = { do_push, do_push, do_push, do_pop, do_pop, do_join };

	memset(queues, 0, sizeof(queues));
	views = 0;
	shared = block_new(0);
	for (uint64_t step = 1; step <= 200000; step++) {
		size_t q = chance_below(QUEUES);

		check_at(step);
		if (chance_one_in(200))
			do_clear(q);
		else
			operations[chance_below(COUNT(operations))](q);
		for (size_t i = 0; i < QUEUES; i++)
			compare(i);
	}
	for (size_t i = 0; i < QUEUES; i++)
		do_clear(i);
	check_is(shared->references, 1);
	block_drop(shared);
}

/* Records of one to nine bytes, from text on: where each begins. */
static size_t
make_text(char *text, size_t count, size_t *starts)
{
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		size_t len = chance_below(9);

		starts[i] = at;
		chance_bytes_of(text + at, len, "abc", 3);
		text[at + len] = '\n';
		at += len + 1;
	}
	starts[count] = at;
	return at;
}

/* Slices of slices are what they are cut from, and the block lives as long as one does.
 */
static void
slices(void)
{
	enum { RECORDS = 40 };
	struct batch_note notes[RECORDS];

	for (uint64_t step = 1; step <= 20000; step++) {
		size_t count = chance_from(1, RECORDS), from, n, starts[RECORDS + 1];
		struct block *block = block_new(RECORDS * 9);
		size_t len = make_text(block->data, count, starts);
		bool noted = chance_one_in(2), piece = chance_one_in(2);
		struct batch *batch =
		    batch_new(block, block->data, len, chance_below(1000), count);
		struct batch *slice, *all;

		check_at(step);
		block_drop(block);
		for (size_t i = 0; i < RECORDS; i++)
			notes[i] = (struct batch_note){ .number = (uint32_t)chance() };
		batch->notes = noted ? notes + RECORDS - 1 : NULL;
		batch->base = chance();
		batch->attempts = 3;
		batch->given_at = 5;
		batch->offset = 1000;
		batch->alone = true;
		batch->not_before = 9;
		batch->lead_len = 4;
		batch->piece = batch->again = piece;
		from = chance_below(count);
		n = chance_from(1, count - from);
		slice = batch_slice(batch, from, n, starts[from]);
		check_is(block->references, 2);
		check_bytes(slice->data, slice->len, block->data + starts[from],
		    starts[from + n] - starts[from]);
		check_is(slice->count, n);
		check_is(slice->offset, 1000 + starts[from]);
		check_is(slice->attempts, 3);
		check_is(slice->given_at, 5);
		check_is(slice->lead_len, 0);
		check_is(slice->not_before, 0);
		check(!slice->alone);
		check(slice->piece == piece && slice->again == piece);
		check_is(slice->first, batch_number(batch, from));
		for (size_t i = 0; i < n; i++)
			check_is(batch_number(slice, i), batch_number(batch, from + i));
		batch_free(batch);
		check_is(block->references, 1);
		/* More than there are is as many as there are. */
		all = batch_slice(slice, 0, n + 5, 0);
		check_is(all->count, n);
		check_is(all->len, slice->len);
		batch_free(slice);
		check_is(block->references, 1);
		batch_free(all);
	}
}

/* Memory in a file holds what was put there, also after it rests. */
static void
aside(void)
{
	enum { SIZE = 100000 };
	struct block *block = block_aside(SIZE);
	char want[SIZE];

	check(block->aside);
	check_is(block->size, SIZE);
	check_is(block->references, 1);
	chance_bytes(want, SIZE);
	memcpy(block->data, want, SIZE);
	for (size_t len = 0; len < SIZE; len += 4096 + 7)
		block_rest(block, block->data + 13, len);
	block_rest(block, block->data, SIZE);
	check_bytes(block->data, SIZE, want, SIZE);
	block_reference(block);
	block_drop(block);
	check_bytes(block->data, SIZE, want, SIZE);
	block_drop(block);
	/* Of what is no file nothing is let go. */
	block = block_new(SIZE);
	check(!block->aside);
	memcpy(block->data, want, SIZE);
	block_rest(block, block->data, SIZE);
	check_bytes(block->data, SIZE, want, SIZE);
	block_drop(block);
	block_drop(NULL);
	batch_free(NULL);
}

/* Records "0" to "count - 1", in batches of size. */
static struct batch_queue
numbered(char first, uint64_t count, uint64_t size)
{
	struct block *block = block_new(2 * count);
	struct batch_queue queue = { 0 };

	for (uint64_t i = 0; i < count; i += size) {
		uint64_t some = size < count - i ? size : count - i;
		char *data = block->data + 2 * i;

		for (uint64_t k = 0; k < some; k++) {
			data[2 * k] = (char)(first + (char)(i + k));
			data[2 * k + 1] = '\n';
		}
		batch_push(&queue,
		    batch_new(block, data, 2 * some, (uint64_t)(first - '0') + i, some));
	}
	block_drop(block);
	return queue;
}

/* All that a queue has, in its order; it is empty then. */
static void
drains(struct batch_queue *queue, const char *want)
{
	char got[100];
	size_t len = 0, records = queue->records;
	struct batch *batch;

	while ((batch = batch_pop(queue, UINT64_MAX)) != NULL) {
		check_is(batch->first, batch->data[0] - '0');
		memcpy(got + len, batch->data, batch->len);
		len += batch->len;
		batch_free(batch);
	}
	check_bytes(got, len, want, strlen(want));
	check_is(records, len / 2);
	check_is(queue->records, 0);
}

/* What goes to the front comes first, in its order; what is pushed after it comes last.
 */
static void
fronts(void)
{
	struct batch_queue queue = { 0 }, more = numbered('3', 2, 1), none = { 0 };
	struct batch_queue last = numbered('7', 1, 1);

	batch_join_front(&queue, &none);
	check(queue.head == NULL);
	batch_join_front(&queue, &more);
	check(more.head == NULL && more.records == 0);
	batch_join_front(&queue, &more);
	more = numbered('0', 3, 2);
	batch_join_front(&queue, &more);
	batch_push(&queue, batch_pop(&last, UINT64_MAX));
	drains(&queue, "0\n1\n2\n3\n4\n7\n");
	last = numbered('1', 1, 1);
	more = numbered('0', 1, 1);
	batch_push_front(&queue, batch_pop(&last, UINT64_MAX));
	batch_push_front(&queue, batch_pop(&more, UINT64_MAX));
	last = numbered('2', 1, 1);
	batch_push(&queue, batch_pop(&last, UINT64_MAX));
	drains(&queue, "0\n1\n2\n");
}

/* What is cut off is the front, and the rest stays there. */
static void
cuts(void)
{
	for (uint64_t size = 1; size <= 4; size++)
		for (uint64_t most = 1; most <= 5; most++) {
			struct batch_queue queue = numbered('0', 4, size), got = { 0 };
			struct batch *batch;

			check_at(10 * size + most);
			check_is(batch_cut(&queue, most, &batch), 0);
			check_is(batch->count, most < size ? most : size);
			check_is(queue.records, 4 - batch->count);
			for (; batch != NULL; batch_cut(&queue, most, &batch))
				batch_push(&got, batch);
			drains(&got, "0\n1\n2\n3\n");
		}
}

static void
starve_cut(void)
{
	struct block *block = block_new(10);
	struct batch_queue queue = { 0 };
	struct batch *batch = NULL;

	if (block != NULL) {
		memcpy(block->data, "0\n1\n", 4);
		batch = batch_new(block, block->data, 4, 0, 2);
		block_drop(block);
	}
	if (batch == NULL) {
		check(memory_failed());
		return;
	}
	batch_push(&queue, batch);
	if (batch_cut(&queue, 1, &batch) < 0) {
		check(memory_failed());
		check(batch == NULL);
		drains(&queue, "0\n1\n");
		return;
	}
	batch_free(batch);
	drains(&queue, "1\n");
}

static void
starve(void)
{
	struct block *block = block_new(10);
	struct batch *batch, *slice;

	if (block == NULL) {
		check(memory_failed());
		return;
	}
	memcpy(block->data, "a\nb\n", 4);
	batch = batch_new(block, block->data, 4, 0, 2);
	if (batch == NULL) {
		check(memory_failed());
		check_is(block->references, 1);
		block_drop(block);
		return;
	}
	block_drop(block);
	slice = batch_slice(batch, 1, 1, 2);
	check(slice != NULL || memory_failed());
	check_is(block->references, slice == NULL ? 1 : 2);
	batch_free(slice);
	batch_free(batch);
}

static void
starves(void)
{
	memory_torment(starve);
	memory_torment(starve_cut);
}

TESTS("batch", { "a queue agrees with an array", queue_agrees },
    { "slices are what they are cut from", slices },
    { "what goes to the front comes first", fronts },
    { "what is cut off is the front", cuts }, { "a block aside is a block", aside },
    { "without memory", starves })
