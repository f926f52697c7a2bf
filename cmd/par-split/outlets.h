/* SPDX-License-Identifier: ISC */
/*
 * outlets - all outputs of par-split: opened when they have a reader, and what becomes of
 * records when one has left.
 */
#ifndef PAR_SPLIT_OUTLETS_H
#define PAR_SPLIT_OUTLETS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "outlet.h"
#include "records.h"
#include "split_plan.h"

struct outlets {
	const struct split_plan *plan;
	struct outlet *all;
	size_t count;
	size_t left; /* that are not gone */
	struct records back; /* given to one whose reader left, and to be given again */
	char *back_data; /* what back is a view of */
	uint64_t lost; /* records for those that are gone */
	bool failed; /* one that failed was named */
};

/* One for each path; none is opened yet.  -1 if there is no memory. */
int outlets_init(struct outlets *outlets, const struct split_plan *plan,
    char *const *paths, size_t count);
void outlets_close(struct outlets *outlets);

/* Open those that it is time for; milliseconds until the next, or -1. */
int outlets_open(struct outlets *outlets);

/* The one that there is becomes the file name, which stays the caller's. */
void outlets_begin_file(struct outlets *outlets, const char *name);

/*
 * The reader of outlet has left, or it could not be written, says errno.  What it
 * did not take is given to others, or counted as lost, as the mode demands.
 */
void outlets_failed(struct outlets *outlets, struct outlet *outlet);

/* So many records were for an outlet that is gone. */
static inline void
outlets_lose(struct outlets *outlets, uint64_t records)
{
	outlets->lost += records;
}

/*
 * Write what is buffered; when the input has ended, close those that are done with.
 * True if a outlet has written all that it buffered, and so has room that nobody will
 * wait for.
 */
bool outlets_flush(struct outlets *outlets, bool last);

/*
 * What to wait for: polls, which has room for count, and how long at most, as poll(2)
 * has it.  How many polls.
 */
nfds_t outlets_poll(const struct outlets *outlets, struct pollfd *polls, int *timeout);

/* What poll(2) told of these. */
void outlets_hear(struct outlets *outlets, const struct pollfd *polls);

#endif
