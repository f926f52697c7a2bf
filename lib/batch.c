/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "batch.h"
#include "disk.h"
#include "field.h"
#include "os.h"
#include "record.h"
#include "spool.h"

struct block *
block_new(size_t size)
{
	struct block *block = malloc(sizeof(*block) + size);

	if (block == NULL)
		return NULL;
	block->references = 1;
	block->aside = false;
	block->size = size;
	return block;
}

/* A file of size bytes that is there on the disk, mapped; or NULL. */
static void *
map_file(size_t size)
{
	int fd = spool_file();
	void *at = MAP_FAILED;

	if (fd < 0)
		return NULL;
	/* With a hole in it a full disk would be a signal, not an error. */
	if (disk_grow(fd, 0, (off_t)size) == 0)
		at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return at == MAP_FAILED ? NULL : at;
}

struct block *
block_aside(size_t size)
{
	struct block *block = map_file(sizeof(*block) + size);

	if (block == NULL)
		return block_new(size);
	block->references = 1;
	block->aside = true;
	block->size = size;
	return block;
}

void
block_rest(const struct block *block, const char *data, size_t len)
{
	uintptr_t page, from, to;

	if (!block->aside)
		return;
	page = (uintptr_t)sysconf(_SC_PAGESIZE);
	from = ((uintptr_t)data + page - 1) / page * page;
	to = ((uintptr_t)data + len) / page * page;
	if (from < to)
		os_forget((void *)from, to - from);
}

void
block_reference(struct block *block)
{
	block->references++;
}

void
block_drop(struct block *block)
{
	if (block == NULL || --block->references > 0)
		return;
	if (block->aside)
		munmap(block, sizeof(*block) + block->size);
	else
		free(block);
}

struct batch *
batch_new(
    struct block *block, const char *data, size_t len, uint64_t first, uint64_t count)
{
	struct batch *batch = malloc(sizeof(*batch));

	if (batch == NULL)
		return NULL;
	memset(
	    batch, 0, offsetof(struct batch, run)); /* what follows may stay as it is */
	batch->block = block;
	batch->data = data;
	batch->len = len;
	batch->first = batch->origin = first;
	batch->count = count;
	batch->run[0] = '\0';
	block_reference(block);
	return batch;
}

size_t
batch_offset(const struct batch *batch, uint64_t k)
{
	uint64_t passed;

	return k == 0 ? 0 : record_span(batch->data, batch->len, k, SIZE_MAX, &passed);
}

struct batch *
batch_slice(const struct batch *batch, uint64_t from, uint64_t count, size_t offset)
{
	struct batch *slice;
	uint64_t got;
	size_t len =
	    record_span(batch->data + offset, batch->len - offset, count, SIZE_MAX, &got);

	slice =
	    batch_new(batch->block, batch->data + offset, len, batch->first + from, got);
	if (slice == NULL)
		return NULL;
	slice->origin = batch->origin + from;
	slice->tried = batch->tried;
	if (batch->run[0] != '\0')
		memcpy(slice->run, batch->run, sizeof(slice->run));
	slice->attempts = batch->attempts;
	slice->cuts = batch->cuts;
	slice->cut = batch->cut;
	slice->solo = batch->solo;
	slice->piece = batch->piece;
	slice->again = batch->again;
	slice->given_at = batch->given_at;
	slice->escaped = batch->escaped;
	slice->offset = batch->offset +
	    (batch->escaped ? field_raw_len(batch->data, offset) : offset);
	if (batch->notes != NULL) {
		slice->notes = batch_note(batch, from);
		slice->base = batch->base;
		slice->first = slice->origin = batch_number(slice, 0);
	}
	return slice;
}

void
batch_free(struct batch *batch)
{
	if (batch == NULL)
		return;
	block_drop(batch->block);
	free(batch);
}

void
batch_lead(struct batch *batch, const char *run)
{
	if (batch->run[0] != '\0')
		run = batch->run;
	batch->lead_len = (unsigned)snprintf(batch->lead, sizeof(batch->lead),
	    "block %" PRIu64 " %zu %" PRIu64 " %u%s%.*s\n", batch->count, batch->len,
	    batch->origin, batch->tried + batch->attempts, *run == '\0' ? "" : " ",
	    BATCH_RUN, run);
}

void
batch_push(struct batch_queue *queue, struct batch *batch)
{
	if (queue->head == NULL)
		queue->tail = &queue->head;
	batch->next = NULL;
	*queue->tail = batch;
	queue->tail = &batch->next;
	queue->records += batch->count;
}

void
batch_join(struct batch_queue *queue, struct batch_queue *more)
{
	if (more->head == NULL)
		return;
	if (queue->head == NULL)
		queue->tail = &queue->head;
	*queue->tail = more->head;
	queue->tail = more->tail;
	queue->records += more->records;
	*more = (struct batch_queue){ 0 };
}

void
batch_push_front(struct batch_queue *queue, struct batch *batch)
{
	batch->next = queue->head;
	if (queue->head == NULL)
		queue->tail = &batch->next;
	queue->head = batch;
	queue->records += batch->count;
}

void
batch_join_front(struct batch_queue *queue, struct batch_queue *more)
{
	batch_join(more, queue);
	*queue = *more;
	*more = (struct batch_queue){ 0 };
}

/* The link that points to the first batch whose time has come, or NULL. */
static struct batch **
ready(struct batch_queue *queue, uint64_t now)
{
	struct batch **link = &queue->head;

	while (*link != NULL && (*link)->not_before > now)
		link = &(*link)->next;
	return *link == NULL ? NULL : link;
}

struct batch *
batch_peek(struct batch_queue *queue, uint64_t now)
{
	struct batch **link = ready(queue, now);

	return link == NULL ? NULL : *link;
}

struct batch *
batch_pop(struct batch_queue *queue, uint64_t now)
{
	struct batch **link = ready(queue, now), *batch;

	if (link == NULL)
		return NULL;
	batch = *link;
	*link = batch->next;
	if (*link == NULL)
		queue->tail = link;
	queue->records -= batch->count;
	return batch;
}

int
batch_take(struct batch_queue *queue, uint64_t now, uint64_t most, struct batch **batch)
{
	struct batch *whole = batch_peek(queue, now), *rest;

	*batch = NULL;
	if (whole == NULL || whole->count <= most) {
		*batch = batch_pop(queue, now);
		return 0;
	}
	*batch = batch_slice(whole, 0, most, 0);
	rest = *batch == NULL
	    ? NULL
	    : batch_slice(whole, most, whole->count - most, (*batch)->len);
	if (rest == NULL) {
		batch_free(*batch);
		*batch = NULL;
		return -1;
	}
	(*batch)->alone = rest->alone = whole->alone;
	batch_free(batch_pop(queue, now));
	batch_push_front(queue, rest);
	return 0;
}

int
batch_cut(struct batch_queue *queue, uint64_t most, struct batch **batch)
{
	return batch_take(queue, UINT64_MAX, most, batch);
}

uint64_t
batch_due(const struct batch_queue *queue)
{
	uint64_t due = UINT64_MAX;

	for (const struct batch *b = queue->head; b != NULL; b = b->next)
		if (b->not_before < due)
			due = b->not_before;
	return due;
}

void
batch_clear(struct batch_queue *queue)
{
	while (queue->head != NULL) {
		struct batch *batch = queue->head;

		queue->head = batch->next;
		batch_free(batch);
	}
	*queue = (struct batch_queue){ 0 };
}
