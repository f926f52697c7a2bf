/* SPDX-License-Identifier: ISC */
/*
 * hold - output taken out of a pipe before it can be passed on: a queue of bytes, in
 * memory, and beyond HOLD_MEMORY in a temporary file, as in spool.h.
 */
#ifndef PAR_HOLD_H
#define PAR_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { HOLD_MEMORY = 16 << 20 }; /* bytes */

/* All zero is an empty one. */
struct hold {
	char *data; /* the bytes from start to end are the last that came */
	size_t start, end, size;
	int fd_plus_one; /* of the file, which has those before; 0: there is none */
	uint64_t from, to; /* where in it they are */
	bool whole; /* all is to be in memory, at data */
	char last; /* the byte that came last */
};

/* How many bytes are in the file, and altogether. */
static inline uint64_t
hold_filed(const struct hold *hold)
{
	return hold->to - hold->from;
}

static inline uint64_t
hold_bytes(const struct hold *hold)
{
	return hold_filed(hold) + (hold->end - hold->start);
}

/* Where the bytes in memory begin, also if there are none. */
static inline const char *
hold_at(const struct hold *hold)
{
	return hold->start == hold->end ? "" : hold->data + hold->start;
}

/* Have room for step more bytes at data + end.  0, or -1 with errno. */
int hold_room(struct hold *hold, size_t step);

/* So many bytes have come there. */
void hold_came(struct hold *hold, size_t len);

/* The byte at place at, which is there: from 0 to 255, or -1 with errno. */
int hold_look(const struct hold *hold, uint64_t at);

/*
 * Write some of the first len bytes, which are there, to descriptor to: how many, 0 if it
 * takes none now, or -1 with errno.
 */
ssize_t hold_move(struct hold *hold, int to, size_t len);

/* Drop the first len bytes, which are there. */
void hold_drop(struct hold *hold, uint64_t len);

/* Drop the last len bytes, which are there. */
void hold_cut(struct hold *hold, uint64_t len);

/* Free it and its file; it is empty, and may be used again. */
void hold_free(struct hold *hold);

#endif
