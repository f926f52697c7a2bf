/* SPDX-License-Identifier: ISC */
/*
 * copy - all of a queue to another place, of the same or another engine, once.
 *
 * The queue is closed when nobody has anything of it, and stays closed where it was. What
 * there is goes, in an order that no run changes, into a queue that is closed until all
 *is there; how far each stock has come is kept there, by the gate of a producer.  So a
 *run that is killed is gone on with by the next one.
 *
 * Three marks are the gates between these steps (engine.h), each with two random numbers:
 * of the copy, from when its source was closed, and of what it is copied to, from when
 * that was made.
 *
 *	source				destination
 *	"": in use			not there
 *	MARK_LEAVING copy		not there
 *	MARK_LEAVING copy		MARK_COMING copy made
 *	MARK_GONE copy made		MARK_COMING copy made
 *	MARK_GONE copy made		MARK_HERE copy made
 *
 * From the fourth on there is no way back, since the next step may have been taken: only
 * the one destination that it names is ever opened.
 */
#ifndef PAR_QUEUE_COPY_H
#define PAR_QUEUE_COPY_H

#include "diag.h"
#include "verb.h"

/* A verb: run it. */
enum status copy_run(const struct queue_options *options);

/* Open a queue again whose copy has not come to where there is no way back. */
void copy_give_up(struct engine *engine);

#endif
