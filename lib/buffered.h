/* SPDX-License-Identifier: ISC */
/*
 * buffered - output taken out of a pipe before it can be passed on: a queue of bytes, in
 * memory, and beyond aside_limits.buffered in a temporary file, as in spool.h.
 */
#ifndef PAR_BUFFERED_H
#define PAR_BUFFERED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "fdio.h"

/* All zero is an empty one. */
struct buffered {
	char *data; /* the bytes from start to end are the last that came */
	size_t start, end, size;
	int fd_plus_one; /* of the file, which has those before; 0: there is none */
	uint64_t from, to; /* where in it they are */
	bool whole; /* all is to be in memory, at data */
	char last; /* the byte that came last */
};

/* How many bytes are in the file, and altogether. */
static inline uint64_t
buffered_filed(const struct buffered *buffered)
{
	return buffered->to - buffered->from;
}

static inline uint64_t
buffered_bytes(const struct buffered *buffered)
{
	return buffered_filed(buffered) + (buffered->end - buffered->start);
}

/* Where the bytes in memory begin, also if there are none. */
static inline const char *
buffered_at(const struct buffered *buffered)
{
	return buffered->start == buffered->end ? "" : buffered->data + buffered->start;
}

/* Have room for step more bytes at data + end.  0, or -1 with errno. */
int buffered_room(struct buffered *buffered, size_t step);

/* So many bytes have come there. */
void buffered_came(struct buffered *buffered, size_t len);

/* The byte at place at, which is there: from 0 to 255, or -1 with errno. */
int buffered_look(const struct buffered *buffered, uint64_t at);

/*
 * Write some of the first len bytes, which are there: how many, 0 if to takes none now,
 * or -1 with errno.
 */
ssize_t buffered_move(struct buffered *buffered, struct fdio_sink to, size_t len);

/* Take the first bytes out, to to, at most room: how many, or -1 with errno. */
ssize_t buffered_take(struct buffered *buffered, char *to, size_t room);

/* Drop the first len bytes, which are there. */
void buffered_drop(struct buffered *buffered, uint64_t len);

/* Drop the last len bytes, which are there. */
void buffered_cut(struct buffered *buffered, uint64_t len);

/* Free it and its file; it is empty, and may be used again. */
void buffered_free(struct buffered *buffered);

#endif
