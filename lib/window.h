/* SPDX-License-Identifier: ISC */
/*
 * window - the records in flight to one worker, kept until they are acknowledged
 * so that they can be sent again.  The worker knows each by its index: its place
 * among those sent to it, from 0.
 */
#ifndef PAR_WINDOW_H
#define PAR_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch.h"

enum { WINDOW_GONE = 16 /* runs of neighbours */ };

/* Records that the worker need not do any more, and may tell of all the same. */
struct window_gone {
	uint64_t index, left; /* the first one, and how many it has not told of */
	uint64_t count;
	uint64_t together; /* so many were let go at once: each, or whole batches */
};

/* A batch in flight. */
struct flight {
	struct flight *next;
	struct batch *batch;
	uint64_t base; /* index of its first record */
	uint64_t at; /* bytes given before it, leads too, since the worker was started */
	uint64_t prefix; /* so many of its first records are done */
	uint64_t done; /* and so many altogether */
	unsigned char *bits; /* one a record, for those done out of order; or NULL */
	uint64_t found; /* the record last looked up, and */
	size_t found_at; /* where it begins in the batch, bytes; */
	size_t found_len; /* how long it is, with its newline; 0: not known */
};

struct window {
	struct flight *head, **tail;
	struct flight *unsent; /* the first flight not wholly written to the worker */
	size_t unsent_at; /* how much of it was written, bytes */
	uint64_t given_records, given_bytes; /* since the worker was started, leads too */
	uint64_t written; /* bytes of that, written to the worker */
	uint64_t records; /* in flight, not acknowledged */
	size_t bytes; /* of batches that are in flight */
	struct window_gone gone[WINDOW_GONE];
	unsigned gone_count;
};

void window_init(struct window *window);

/* Takes the batch over.  0, or -1 without memory, and the batch stays the caller's. */
int window_add(struct window *window, struct batch *batch);

/* The flight that holds record index and has it not done; NULL if none has. */
struct flight *window_find(struct window *window, uint64_t index);

/* Would window_find() find each record from index first to last? */
bool window_has_all(struct window *window, uint64_t first, uint64_t last);

/* The number in the input of record index, which is in the window. */
uint64_t window_number(const struct window *window, uint64_t index);

/* Do records index first to last, which are in the window, follow each other there? */
bool window_neighbours(const struct window *window, uint64_t first, uint64_t last);

/*
 * Record index of flight is done.  Returns its number in the input; the flight
 * stays until window_trim().  UINT64_MAX without memory.
 */
uint64_t window_done(struct window *window, struct flight *flight, uint64_t index);

/*
 * So many of count records from index on are in flight, which has the first of them, and
 * of these follow each other in the input if neighbours are asked for; at least one.
 */
uint64_t
window_part(const struct flight *flight, uint64_t index, uint64_t count, bool neighbours);

/* As window_done(), of count records of flight from index on.  0, or -1 without memory.
 */
int window_done_part(
    struct window *window, struct flight *flight, uint64_t index, uint64_t count);

/*
 * Let go of record index, if it is there and not done, or of the whole batch that begins
 * with it: it counts as done.  At most WINDOW_GONE runs of them may be untold.  0, or
 * -1 without memory.
 */
int window_let_go(struct window *window, uint64_t index, bool whole);

/* The worker tells of count records from index on: were they let go?  It may tell of each
 * once. */
bool window_told_gone(struct window *window, uint64_t index, uint64_t count);

/* How many bytes record index of flight has, with its newline. */
size_t window_record_len(struct flight *flight, uint64_t index);

/* Record index of flight as a batch of its own; NULL without memory. */
struct batch *window_record(struct flight *flight, uint64_t index);

/* Is a record done that was given after one that is not?  records > 0. */
bool window_has_gap(const struct window *window);

/* The number in the input of the oldest record that is not done; records > 0. */
uint64_t window_oldest(struct window *window);

/* Is the record of that number in the input in flight?  Looks at all. */
bool window_has(const struct window *window, uint64_t number);

/* Let go of the flights at the front that are wholly done. */
void window_trim(struct window *window);

/* Let go of all flights that end within the first bytes that were written. */
void window_consumed(struct window *window, uint64_t bytes);

/*
 * Put what is not done into queue, in order, as batches of neighbours; the window
 * is empty then.  Records that begin before byte offset of what was written since
 * the worker was started are let go.  0; or -1 without memory, and the window has what
 * is not in the queue.
 */
int window_requeue(struct window *window, uint64_t offset, struct batch_queue *queue);

/* Requeue, and put those that begin before offset into before. */
int window_take_apart(struct window *window, uint64_t offset, struct batch_queue *before,
    struct batch_queue *queue);

/* Let go of all; the window is empty then. */
void window_clear(struct window *window);

/* Put what is not done into queue, in order; the window stays as it is. */
int window_not_done(const struct window *window, struct batch_queue *queue);

/* Bytes that wait to be written to the worker: where they are, 0 if there are none. */
size_t window_to_send(const struct window *window, const char **data);

/*
 * All that is in flight, of which nothing is done, is to be written anew, each batch
 * after its lead of run: see batch_lead().
 */
void window_begin_anew(struct window *window, const char *run);

/* len of them were written. */
void window_sent(struct window *window, size_t len);

#endif
