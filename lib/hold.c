/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "fdio.h"
#include "grow.h"
#include "hold.h"
#include "spool.h"

enum { KEPT_ROOM = 1 << 20 }; /* memory that stays while it is empty, bytes */

/* All that is in memory goes to the file. */
static int
put_aside(struct hold *hold)
{
	size_t len = hold->end - hold->start;

	if (hold->fd_plus_one == 0)
		hold->fd_plus_one = spool_file() + 1;
	/* What was written of it before that failed is written over. */
	if (hold->fd_plus_one == 0 ||
	    lseek(hold->fd_plus_one - 1, (off_t)hold->to, SEEK_SET) < 0 ||
	    fdio_write(hold->fd_plus_one - 1, hold->data + hold->start, len) < 0)
		return -1;
	hold->to += len;
	hold->start = hold->end = 0;
	return 0;
}

int
hold_room(struct hold *hold, size_t step)
{
	size_t left = hold->end - hold->start, most = BYTES_MOST;
	char *larger;

	if (hold->size - hold->end >= step)
		return 0;
	if (hold->start > 0) {
		memmove(hold->data, hold->data + hold->start, left);
		hold->start = 0;
		hold->end = left;
	}
	if (hold->size - hold->end >= step)
		return 0;
	if (!hold->whole && left > 0 && left + step > HOLD_MEMORY) {
		if (put_aside(hold) < 0)
			return -1;
		if (hold->size >= step)
			return 0;
	}
	if (!hold->whole)
		most = step > HOLD_MEMORY ? step : HOLD_MEMORY;
	larger = grow(hold->data, &hold->size, hold->end + step, 1, most);
	if (larger == NULL)
		return -1;
	hold->data = larger;
	return 0;
}

void
hold_came(struct hold *hold, size_t len)
{
	hold->end += len;
	if (len > 0)
		hold->last = hold->data[hold->end - 1];
}

/* That of the file. */
static int
look_filed(const struct hold *hold, uint64_t at)
{
	unsigned char byte;
	ssize_t n;

	do {
		n = pread(hold->fd_plus_one - 1, &byte, 1, (off_t)(hold->from + at));
	} while (n < 0 && errno == EINTR);
	if (n == 0)
		errno = ENODATA; /* somebody has cut it */
	return n == 1 ? byte : -1;
}

int
hold_look(const struct hold *hold, uint64_t at)
{
	uint64_t filed = hold_filed(hold);

	if (at < filed)
		return look_filed(hold, at);
	return (unsigned char)hold->data[hold->start + (size_t)(at - filed)];
}

ssize_t
hold_move(struct hold *hold, int to, size_t len)
{
	struct iovec iov = { .iov_len = len };
	uint64_t n = hold_filed(hold) < len ? hold_filed(hold) : len;
	ssize_t moved;

	if (n > 0 && spool_copy(hold->fd_plus_one - 1, hold->from, &n, to) < 0)
		return -1;
	moved = (ssize_t)n;
	if (n == 0) {
		iov.iov_base = hold->data + hold->start;
		moved = fdio_writev_now(to, &iov, 1);
	}
	if (moved > 0)
		hold_drop(hold, (uint64_t)moved);
	return moved;
}

/* Close the file, and start at its beginning when there is another one. */
static void
close_file(struct hold *hold)
{
	if (hold->fd_plus_one > 0)
		close(hold->fd_plus_one - 1);
	hold->fd_plus_one = 0;
	hold->from = hold->to = 0;
}

void
hold_drop(struct hold *hold, uint64_t len)
{
	uint64_t filed = hold_filed(hold) < len ? hold_filed(hold) : len;

	hold->from += filed;
	if (hold->from == hold->to)
		close_file(hold);
	hold->start += (size_t)(len - filed);
	if (hold->start < hold->end)
		return;
	hold->start = hold->end = 0;
	if (hold->size > KEPT_ROOM) { /* one huge record does not keep its room */
		free(hold->data);
		hold->data = NULL;
		hold->size = 0;
	}
}

void
hold_cut(struct hold *hold, uint64_t len)
{
	size_t here = hold->end - hold->start;

	if (here > len)
		here = (size_t)len;
	hold->end -= here;
	hold->to -= len - here;
	if (hold->from == hold->to)
		close_file(hold);
}

void
hold_free(struct hold *hold)
{
	close_file(hold);
	free(hold->data);
	*hold = (struct hold){ 0 };
}
