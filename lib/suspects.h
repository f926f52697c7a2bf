/* SPDX-License-Identifier: ISC */
/*
 * suspects - records that a place had when it died: one of them may have killed it.  Each
 * is had once more, by a place that has nothing else, in parts that get smaller until one
 * record dies with its place alone, or none does.
 *
 * Pure: queues of batches go in and come out, in their order.  How often a record is
 * tried, when, and what becomes of one that is to blame is the caller's.  A batch that is
 * alone is not to be given to a place that has another one.
 *
 * What fails does so for want of memory, and loses no record: see each.
 */
#ifndef PAR_SUSPECTS_H
#define PAR_SUSPECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "batch.h"

/* What is tried next of records one of which may be to blame. */
enum suspects_by {
	SUSPECTS_HALVES, /* each half alone: few deaths, for many places at once */
	SUSPECTS_SINGLY, /* one record alone after the other: one death more, for one
			    place */
	SUSPECTS_WHOLE /* the batch as it is: it is one thing */
};

/*
 * Is what a place had when it died to blame?  It is one batch that was alone, and by has
 * no smaller part of it.
 */
bool suspects_guilty(const struct batch_queue *had, enum suspects_by by);

/*
 * All of had goes to the end of to; had is empty.  SUSPECTS_SINGLY leaves batches as they
 * are, for suspects_next().  -1: what could not be halved is in to, and not alone.
 */
int suspects_add(struct batch_queue *to, struct batch_queue *had, enum suspects_by by);

/*
 * Add suspects where one record took too long, of those that a place had which holds
 * answers back: the oldest may well be it, and is tried apart.
 */
int
suspects_add_late(struct batch_queue *to, struct batch_queue *had, enum suspects_by by);

/*
 * The record of that number, which begins a batch of had, is alone in *found, the
 * caller's, or NULL if it is not there; all others go to the end of others, and had is
 * empty.  -1: it is among the others, too.
 */
int suspects_pick(struct batch_queue *had, uint64_t number, struct batch_queue *others,
    struct batch **found);

/* The first record of queue, to be had alone; NULL if it is empty.  -1: it stays there.
 */
int suspects_next(struct batch_queue *queue, struct batch **record);

#endif
