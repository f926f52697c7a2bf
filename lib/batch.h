/* SPDX-License-Identifier: ISC */
/*
 * batch - runs of whole records on their way to workers, as views into shared
 * blocks of input, so that records are copied nowhere between read and write.
 */
#ifndef PAR_BATCH_H
#define PAR_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Input as it was read.  Lives as long as somebody holds a reference. */
struct block {
	unsigned references;
	bool aside; /* it is a temporary file, see block_aside() */
	size_t size;
	char data[];
};

/* One reference for the caller; NULL without memory. */
struct block *block_new(size_t size);

/*
 * A block that is a file without a name, mapped, see spool.h: for more than is to be in
 * memory.  One reference for the caller; NULL without memory.  Where there is no room for
 * that it is a block of memory after all.
 */
struct block *block_aside(size_t size);

/* len bytes of the block, at data, are not needed soon: they need not be in memory. */
void block_rest(const struct block *block, const char *data, size_t len);

void block_reference(struct block *block);
void block_drop(struct block *block);

/* What is known of one record of a batch whose records are no neighbours. */
struct batch_note {
	uint32_t number; /* in the input, without its upper half; */
	uint32_t tag; /* the caller's */
};

enum {
	BATCH_RUN = 64, /* the longest text that tells a run from others, bytes */
	BATCH_LEAD = BATCH_RUN + 96
};

struct batch {
	struct batch *next;
	struct block *block; /* a reference */
	const char *data; /* whole records, each with its newline */
	size_t len; /* bytes */
	uint64_t first; /* number of the first record in the input, from 0 */
	uint64_t offset; /* of data in the input, bytes; 0 if nobody set it */
	uint64_t count; /* records; at least one */
	uint64_t
	    origin; /* number of the first where they were read, if it was elsewhere */
	unsigned tried; /* how often they were tried there */
	unsigned lead_len; /* bytes of lead, which no length but window.h's counts */
	const struct batch_note *notes; /* one a record, inside block, the first one last;
					   or NULL: they are neighbours */
	uint64_t base; /* a number that theirs are ahead of by less than 2^32 */
	bool escaped; /* records are, and had fewer bytes in the input */
	unsigned attempts; /* how often they were tried and not finished */
	bool alone; /* suspect: for a worker that has nothing else */
	unsigned cuts; /* breaks in a row of links that had nothing else, */
	uint64_t cut; /* the last of them: both are the caller's */
	bool solo; /* for a worker beside which no other is at work */
	bool piece; /* of a block that failed as a whole */
	bool again; /* tried once more, and counted so: the caller's */
	bool copy; /* of what a worker has: it is in no books of its own */
	uint64_t not_before; /* clock_ms() */
	uint64_t given_at; /* to its worker; the caller's clock */
	char run[BATCH_RUN + 1]; /* which run that was; "": this one */
	char lead[BATCH_LEAD]; /* goes to its worker first; unset while lead_len is 0 */
};

/* A batch that holds the block too; NULL without memory. */
struct batch *batch_new(
    struct block *block, const char *data, size_t len, uint64_t first, uint64_t count);

/* Where record k of batch begins in it, or it ends, bytes. */
size_t batch_offset(const struct batch *batch, uint64_t k);

/*
 * Records from to from + count of batch, counted from its first, as a batch of
 * their own in the same block; NULL without memory.  offset: of record from, bytes.
 */
struct batch *
batch_slice(const struct batch *batch, uint64_t from, uint64_t count, size_t offset);

/* What is known of record k of batch, where there are notes. */
static inline const struct batch_note *
batch_note(const struct batch *batch, uint64_t k)
{
	return batch->notes - k;
}

/* The number in the input of record k of batch, counted from its first. */
static inline uint64_t
batch_number(const struct batch *batch, uint64_t k)
{
	return batch->notes == NULL ? batch->first + k
				    : batch->base +
		(uint32_t)(batch_note(batch, k)->number - (uint32_t)batch->base);
}

void batch_free(struct batch *batch);

/*
 * Let the worker be told first what these records are, in a line of par-stage(7): of the
 * batch's own run or, if it has none, of run; an empty one is left out.
 */
void batch_lead(struct batch *batch, const char *run);

/* First in, first out, but for what must wait for its time. */
struct batch_queue {
	struct batch *head;
	struct batch **tail; /* NULL: empty and never used */
	uint64_t records;
};

/* Takes the batch over. */
void batch_push(struct batch_queue *queue, struct batch *batch);

/* Add batch at the front. */
void batch_push_front(struct batch_queue *queue, struct batch *batch);

/* Move all of more to the end of queue. */
void batch_join(struct batch_queue *queue, struct batch_queue *more);

/* Move all of more to the front, in its order. */
void batch_join_front(struct batch_queue *queue, struct batch_queue *more);

/* The first batch whose time has come, or NULL; then the caller's. */
struct batch *batch_pop(struct batch_queue *queue, uint64_t now);

/*
 * At most most records off the front of queue, whatever their time, as *batch, which is
 * then the caller's, or NULL if it is empty; the rest of theirs stays in front.  0, or -1
 * without memory, and the queue is as it was.
 */
int batch_cut(struct batch_queue *queue, uint64_t most, struct batch **batch);

/* Take from the first batch whose time has come; the rest of it comes to the front. */
int
batch_take(struct batch_queue *queue, uint64_t now, uint64_t most, struct batch **batch);

/* The first batch whose time has come, or NULL; it stays in the queue. */
struct batch *batch_peek(struct batch_queue *queue, uint64_t now);

/* When the next batch that must wait is due, clock_ms(); UINT64_MAX if none is. */
uint64_t batch_due(const struct batch_queue *queue);

void batch_clear(struct batch_queue *queue);

#endif
