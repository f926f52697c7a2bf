/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aside.h"
#include "buffered.h"
#include "bytes.h"
#include "fdio.h"
#include "grow.h"
#include "spool.h"

enum { KEPT_ROOM = 1 << 20 }; /* memory that stays while it is empty, bytes */

/* All that is in memory goes to the file. */
static int
put_aside(struct buffered *buffered)
{
	size_t len = buffered->end - buffered->start;

	if (buffered->fd_plus_one == 0)
		buffered->fd_plus_one = spool_file() + 1;
	/* What was written of it before that failed is written over. */
	if (buffered->fd_plus_one == 0 ||
	    lseek(buffered->fd_plus_one - 1, (off_t)buffered->to, SEEK_SET) < 0 ||
	    fdio_write(buffered->fd_plus_one - 1, buffered->data + buffered->start, len) <
		0)
		return -1;
	buffered->to += len;
	buffered->start = buffered->end = 0;
	return 0;
}

int
buffered_room(struct buffered *buffered, size_t step)
{
	size_t left = buffered->end - buffered->start, most = BYTES_MOST;
	char *larger;

	if (buffered->size - buffered->end >= step)
		return 0;
	if (buffered->start > 0) {
		memmove(buffered->data, buffered->data + buffered->start, left);
		buffered->start = 0;
		buffered->end = left;
	}
	if (buffered->size - buffered->end >= step)
		return 0;
	if (!buffered->whole && left > 0 && left + step > aside_limits.buffered) {
		if (put_aside(buffered) < 0)
			return -1;
		if (buffered->size >= step)
			return 0;
	}
	if (!buffered->whole)
		most = step > aside_limits.buffered ? step : aside_limits.buffered;
	larger = grow(buffered->data, &buffered->size, buffered->end + step, 1, most);
	if (larger == NULL)
		return -1;
	buffered->data = larger;
	return 0;
}

void
buffered_came(struct buffered *buffered, size_t len)
{
	buffered->end += len;
	if (len > 0)
		buffered->last = buffered->data[buffered->end - 1];
}

/* The byte at place at of the file. */
static int
look_filed(const struct buffered *buffered, uint64_t at)
{
	unsigned char byte;
	ssize_t n =
	    fdio_read_at(buffered->fd_plus_one - 1, &byte, 1, buffered->from + at);
	if (n == 0)
		errno = ENODATA; /* somebody has cut it */
	return n == 1 ? byte : -1;
}

int
buffered_look(const struct buffered *buffered, uint64_t at)
{
	uint64_t filed = buffered_filed(buffered);

	if (at < filed)
		return look_filed(buffered, at);
	return (unsigned char)buffered->data[buffered->start + (size_t)(at - filed)];
}

ssize_t
buffered_move(struct buffered *buffered, struct fdio_sink to, size_t len)
{
	uint64_t filed = buffered_filed(buffered) < len ? buffered_filed(buffered) : len;
	ssize_t moved;

	if (filed > 0) { /* nothing of what is behind that goes before it */
		if (spool_copy(buffered->fd_plus_one - 1, buffered->from, &filed, to) < 0)
			return -1;
		moved = (ssize_t)filed;
	} else {
		moved = fdio_writev_now(to,
		    &(struct iovec){
			.iov_base = buffered->data + buffered->start, .iov_len = len },
		    1);
	}
	if (moved > 0)
		buffered_drop(buffered, (uint64_t)moved);
	return moved;
}

/* Close the file, and start at its beginning when there is another one. */
static void
close_file(struct buffered *buffered)
{
	if (buffered->fd_plus_one > 0)
		close(buffered->fd_plus_one - 1);
	buffered->fd_plus_one = 0;
	buffered->from = buffered->to = 0;
}

void
buffered_drop(struct buffered *buffered, uint64_t len)
{
	uint64_t filed = buffered_filed(buffered) < len ? buffered_filed(buffered) : len;

	buffered->from += filed;
	if (buffered->from == buffered->to)
		close_file(buffered);
	buffered->start += (size_t)(len - filed);
	if (buffered->start < buffered->end)
		return;
	buffered->start = buffered->end = 0;
	if (buffered->size > KEPT_ROOM) { /* one huge record does not keep its room */
		free(buffered->data);
		buffered->data = NULL;
		buffered->size = 0;
	}
}

ssize_t
buffered_take(struct buffered *buffered, char *to, size_t room)
{
	uint64_t filed = buffered_filed(buffered);
	size_t here = buffered->end - buffered->start;
	ssize_t n = (ssize_t)(here < room ? here : room);

	if (filed > 0)
		n = fdio_read_at(buffered->fd_plus_one - 1, to,
		    filed < room ? (size_t)filed : room, buffered->from);
	else if (n > 0)
		memcpy(to, buffered->data + buffered->start, (size_t)n);
	if (filed > 0 && n == 0) {
		errno = ENODATA; /* somebody has cut it */
		return -1;
	}
	if (n > 0)
		buffered_drop(buffered, (uint64_t)n);
	return n;
}

void
buffered_cut(struct buffered *buffered, uint64_t len)
{
	size_t here = buffered->end - buffered->start;

	if (here > len)
		here = (size_t)len;
	buffered->end -= here;
	buffered->to -= len - here;
	if (buffered->from == buffered->to)
		close_file(buffered);
}

void
buffered_free(struct buffered *buffered)
{
	close_file(buffered);
	free(buffered->data);
	*buffered = (struct buffered){ 0 };
}
