/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "bytes.h"
#include "clock.h"
#include "fdio.h"
#include "fifo.h"
#include "sig.h"
#include "spoken.h"

enum {
	BUFFERED_MOST = 1 << 20, /* bytes that wait in memory */
	BUFFERED_ROOM = 4 << 10, /* memory that stays while it is empty */
	LAST_WAIT = 1000 /* ms for a reader who takes nothing, of one that is to end */
};

static bool buffers;
static struct bytes buffered = { .most = BUFFERED_MOST };
static size_t gone; /* so many of these bytes were written */
static int own = -1; /* a description of ours, which does not block; or -1 */
static bool gave_up; /* its reader has taken nothing in the last wait */

void
spoken_buffer(void)
{
	if (buffers)
		return;
	buffers = true;
	if (fifo_is(STDERR_FILENO))
		own = fifo_reopen_write(STDERR_FILENO);
	atexit(spoken_end);
}

bool
spoken_waits(void)
{
	return gone < buffered.len;
}

static int
descriptor(void)
{
	return own >= 0 ? own : STDERR_FILENO;
}

struct pollfd
spoken_poll(void)
{
	return (
	    struct pollfd){ .fd = spoken_waits() ? descriptor() : -1, .events = POLLOUT };
}

bool
spoken_takes(void)
{
	struct pollfd p = { .fd = descriptor(), .events = POLLOUT };
	int ready = poll(&p, 1, 0);

	return ready > 0 || (ready < 0 && errno != EINTR);
}

bool
spoken_wait(void)
{
	struct pollfd p = { .fd = descriptor(), .events = POLLOUT };
	uint64_t now = clock_ms(), end = UINT64_MAX;

	for (; !gave_up; now = clock_ms()) {
		int ready;

		if (sig_to_end() && end == UINT64_MAX)
			end = now + LAST_WAIT;
		gave_up = now >= end;
		if (gave_up)
			break;
		/* Not for ever: a signal may come before it begins. */
		ready = poll(&p, 1, end - now < LAST_WAIT ? (int)(end - now) : LAST_WAIT);
		if (ready > 0 || (ready < 0 && errno != EINTR))
			return true;
	}
	return false;
}

size_t
spoken_portion(const char *data, size_t len)
{
	const char *newline;

	if (len <= SPOKEN_PORTION)
		return len;
	newline = memrchr(data, '\n', SPOKEN_PORTION);
	return newline == NULL ? SPOKEN_PORTION : (size_t)(newline + 1 - data);
}

/* Write some of it: how much, 0 for none now, or -1 with errno. */
static ssize_t
write_some(const char *data, size_t len)
{
	const struct iovec part = { .iov_base = (void *)(uintptr_t)data,
		.iov_len = spoken_portion(data, len) };
	ssize_t n;

	if (buffers)
		return own >= 0 || spoken_takes()
		    ? fdio_writev_now(fdio_sink(descriptor()), &part, 1)
		    : 0;
	n = write(STDERR_FILENO, part.iov_base, part.iov_len);
	return n < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK) ? 0
										    : n;
}

/* Write it as far as it goes: how far.  Where it cannot be there is nobody to tell. */
static size_t
put_now(const char *data, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = write_some(data + done, len - done);

		if (n < 0)
			return len;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return done;
}

void
spoken_go(void)
{
	if (!spoken_waits())
		return;
	gone += put_now(buffered.data + gone, buffered.len - gone);
	if (spoken_waits())
		return;
	bytes_clear(&buffered, BUFFERED_ROOM);
	gone = 0;
}

/* Have it wait behind what does.  0, or -1: there is no room. */
static int
buffer(const char *data, size_t len)
{
	if (!buffers)
		return -1;
	if (gone > 0) {
		buffered.len -= gone;
		memmove(buffered.data, buffered.data + gone, buffered.len);
		gone = 0;
	}
	return bytes_put(&buffered, data, len);
}

void
spoken_put(const char *data, size_t len)
{
	size_t done = 0;

	do {
		spoken_go();
		if (!spoken_waits())
			done += put_now(data + done, len - done);
	} while (done < len && buffer(data + done, len - done) < 0 && spoken_wait());
}

void
spoken_end(void)
{
	do {
		spoken_go();
	} while (spoken_waits() && spoken_wait());
}
