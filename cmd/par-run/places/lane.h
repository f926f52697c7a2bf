/* SPDX-License-Identifier: ISC */
/*
 * lane - what waits for the worker of one place alone: records that were spread by their
 * keys, copied in the order in which they came, each with its number and class beside it,
 * which are 8 bytes.
 */
#ifndef PAR_RUN_LANE_H
#define PAR_RUN_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "batch.h"

enum {
	LANE_STEP = 16, /* bytes that are copied at once, needed or not */
	LANE_INLINE = 4 * LANE_STEP /* of a record that is copied by steps */
};

/*
 * Where the next record goes, between the texts of a block, which grow up, and its notes,
 * which grow down; all NULL: nowhere.
 */
struct lane_space {
	char *text;
	struct batch *open; /* the last batch of the lane, while it may grow; or NULL */
	struct batch_note *note; /* behind the place of its note */
};

/* All zero is an empty one. */
struct lane {
	struct batch_queue requeued; /* to be sent again, before the others */
	struct batch_queue fresh; /* never sent; see lane_waiting() how many */
	struct block *block; /* that the last is in, or the next one will be; or NULL */
	struct lane_space space; /* while a batch is open, */
	struct lane_space rest; /* and where the next one begins while none is */
};

/* What is put into a lane: a record of len bytes, with its newline, */
struct lane_record {
	const char *data;
	size_t len;
	uint64_t number; /* in the input, */
	uint32_t tag; /* and the caller's */
};

/* The first that is to be sent again, and may be by now; or NULL. */
static inline const struct batch *
lane_again(struct lane *lane, uint64_t now)
{
	return batch_peek(&lane->requeued, now);
}

/* Cut it, at most max records of it, as batch_take(). */
static inline int
lane_take_again(struct lane *lane, uint64_t now, uint64_t max, struct batch **batch)
{
	return batch_take(&lane->requeued, now, max, batch);
}

/* When the next one may be sent again, see batch_due(). */
static inline uint64_t
lane_due(const struct lane *lane)
{
	return batch_due(&lane->requeued);
}

/* batch is to be sent again, behind the others of these; */
static inline void
lane_send_again(struct lane *lane, struct batch *batch)
{
	batch_push(&lane->requeued, batch);
}

/* All that are requeued of from are to be of lane, behind what is there. */
static inline void
lane_join_again(struct lane *lane, struct lane *from)
{
	batch_join(&lane->requeued, &from->requeued);
}

/* What is to be sent again is put aside, for what was given later is to come before it;
 */
static inline struct batch_queue
lane_put_aside(struct lane *lane)
{
	struct batch_queue aside = lane->requeued;

	lane->requeued = (struct batch_queue){ 0 };
	return aside;
}

/* What was put aside is behind the rest then. */
static inline void
lane_put_back(struct lane *lane, struct batch_queue *aside)
{
	batch_join(&lane->requeued, aside);
}

/* How many records of the open batch are not counted in it. */
static inline uint64_t
lane_uncounted(const struct lane *lane)
{
	const struct batch *open = lane->space.open;

	return open == NULL
	    ? 0
	    : (uint64_t)(open->notes + 1 - lane->space.note) - open->count;
}

/* How many records wait, fresh or not. */
static inline uint64_t
lane_waiting(const struct lane *lane)
{
	return lane->requeued.records + lane->fresh.records + lane_uncounted(lane);
}

/*
 * Have a batch open at the end with room for so many more records, of so many bytes, the
 * next of the input from number on: at least one is put then, or lane_shut() called.
 * Where a new block is needed and aside is set it is no memory, see block_aside().  0, or
 * -1 without memory.
 */
int
lane_open(struct lane *lane, uint64_t number, size_t records, size_t bytes, bool aside);

/* Put a record at the end.  The same. */
int lane_put(struct lane *lane, const struct lane_record *record, bool aside);

/*
 * Add records where there is room: space is that of the lane, or a copy.  LANE_STEP bytes
 * can be read behind it.
 */
static inline void
lane_add(struct lane_space *space, const char *data, size_t len, struct batch_note note)
{
	char *text = space->text;

	space->text = text + len;
	*--space->note = note;
	memcpy(text, data, LANE_STEP);
	if (len <= LANE_STEP)
		return;
	if (len > LANE_INLINE)
		memcpy(text, data, len);
	else
		for (size_t at = LANE_STEP; at < len; at += LANE_STEP)
			memcpy(text + at, data + at, LANE_STEP);
}

/* Add no more to the batch at the end: what is put next begins another one. */
void lane_shut(struct lane *lane);

/* How many records at the front of fresh follow each other in the input, up to max. */
uint64_t lane_followers(struct lane *lane, uint64_t max);

/*
 * Cut a batch from the front of fresh, of at most max records and max_bytes, but at least
 * one: *front, or NULL if nothing waits there.  0, or -1 without memory.
 */
int lane_cut(struct lane *lane, uint64_t max, size_t max_bytes, struct batch **front);

/* Give up what waits. */
void lane_clear(struct lane *lane);

#endif
