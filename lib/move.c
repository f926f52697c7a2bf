/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fdio.h"
#include "move.h"
#include "os.h"

enum {
	EYE_SIZE = 64 << 10,
	LEAP_FROM = 8 << 10, /* what is less is read faster than let vanish */
	SEEN_MOST = 1 << 30,
	COPY_SIZE = 64 << 10
};

ssize_t
move_some(int from, struct fdio_sink to, size_t len)
{
	ssize_t n;

	/* Whatever the flags of splice(2), it waits for who reads a socket that blocks.
	 */
	if (to.socket && (fcntl(to.fd, F_GETFL) & O_NONBLOCK) == 0)
		return 0;
	n = os_splice(from, to.fd, len, false);
	if (n > 0)
		return n;
	if (n < 0 && errno != EAGAIN)
		return 0; /* what is wrong is told by who writes */
	/* Either end may be non-blocking: is it the input that is short? */
	if (n == 0 || move_pending(from) == 0)
		errno = ENODATA;
	return -1;
}

/* 0, or -1: there are no descriptors left. */
static int
open_eye(struct move_eye *eye, int from)
{
	int ends[2], size = os_pipe_room(from);

	if (eye->nowhere >= 0)
		return 0;
	if (size < 0 || fdio_pipe(ends) < 0)
		return -1;
	eye->in = ends[0];
	eye->out = ends[1];
	if (eye->bytes == NULL)
		eye->bytes = malloc(EYE_SIZE);
	eye->nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	/* As many pages as from has, or what that holds may not fit. */
	return eye->bytes == NULL || eye->nowhere < 0 ||
		fdio_pipe_size(eye->out, (size_t)size) < (size_t)size
	    ? -1
	    : 0;
}

/* The same pages, not copied, go into another pipe. */
int
move_see(struct move_eye *eye, int from)
{
	ssize_t n;

	if (eye->left > 0)
		move_eye_close(eye);
	eye->start = eye->end = 0;
	if (open_eye(eye, from) == 0) {
		n = os_tee(from, eye->out, SEEN_MOST);
		if (n > 0) {
			eye->left = (size_t)n;
			return 0;
		}
	}
	move_eye_close(eye);
	return -1;
}

/* Let len bytes of the pipe vanish; -1 when that went wrong. */
static int
vanish(struct move_eye *eye, size_t len)
{
	while (len > 0) {
		ssize_t n = os_splice(eye->in, eye->nowhere, len, true);

		if (n <= 0)
			return -1;
		eye->left -= (size_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* Read what comes next in the pipe, at most most bytes; -1 when that went wrong. */
static int
look_on(struct move_eye *eye, size_t most)
{
	ssize_t n = read(eye->in, eye->bytes, most < EYE_SIZE ? most : EYE_SIZE);

	if (n <= 0)
		return -1;
	eye->left -= (size_t)n;
	eye->start = 0;
	eye->end = (size_t)n;
	return 0;
}

/* What lies between is read, too, if that is little. */
int
move_look(struct move_eye *eye, size_t at)
{
	int got = 0;

	while (got == 0 && at >= eye->end - eye->start) {
		at -= eye->end - eye->start;
		eye->start = eye->end = 0;
		if (at < LEAP_FROM) {
			got = look_on(eye, EYE_SIZE);
		} else {
			got = vanish(eye, at) < 0 ? -1 : look_on(eye, 1);
			at = 0;
		}
	}
	if (got < 0) {
		move_eye_close(eye);
		return -1;
	}
	eye->start += at + 1;
	return eye->bytes[eye->start - 1];
}

int
move_scan(struct move_eye *eye, size_t len, bool *nul)
{
	int last = -1;

	*nul = false;
	while (len > 0) {
		if (eye->start == eye->end && look_on(eye, len) < 0) {
			move_eye_close(eye);
			return -1;
		}
		*nul = *nul || memchr(eye->bytes, '\0', eye->end) != NULL;
		last = eye->bytes[eye->end - 1];
		len -= eye->end - eye->start;
		eye->start = eye->end;
	}
	return last;
}

/* How many newlines are in what the pipe fd holds, or -1. */
static int64_t
count_lines(int fd)
{
	char buffer[COPY_SIZE];
	int64_t lines = 0;
	ssize_t n;

	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		const char *at = buffer, *end = buffer + n;

		while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
			lines++;
			at++;
		}
	}
	return n == 0 || errno == EAGAIN ? lines : -1;
}

/* By a copy of what is pending, which tee(2) makes in a pipe of the same size. */
static int64_t
pending_lines(int fd, size_t pending)
{
	int from = os_pipe_reader(fd), room = os_pipe_room(fd), ends[2];
	int64_t lines = -1;
	ssize_t n;

	if (from < 0)
		return -1;
	if (room > 0 && fdio_pipe(ends) == 0) {
		fdio_pipe_size(ends[1], (size_t)room);
		n = fdio_nonblocking(ends[0]) < 0 ? -1 : os_tee(from, ends[1], pending);
		if (n > 0 && ((size_t)n == pending || pending == MOVE_SOME))
			lines = count_lines(ends[0]);
		close(ends[0]);
		close(ends[1]);
	}
	close(from);
	return lines;
}

void
move_eye_close(struct move_eye *eye)
{
	if (eye->in >= 0)
		close(eye->in);
	if (eye->out >= 0)
		close(eye->out);
	if (eye->nowhere >= 0)
		close(eye->nowhere);
	free(eye->bytes);
	eye->bytes = NULL;
	eye->in = eye->out = eye->nowhere = -1;
	eye->left = eye->start = eye->end = 0;
}

/* Is there something in the pipe fd, which may be the end that is written to? */
static bool
holds(int fd)
{
	bool written = (fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY;
	struct pollfd p = { .fd = written ? os_pipe_reader(fd) : fd, .events = POLLIN };
	bool some = p.fd >= 0 && poll(&p, 1, 0) > 0 && (p.revents & POLLIN) != 0;

	if (written && p.fd >= 0)
		close(p.fd);
	return some;
}

size_t
move_pending(int fd)
{
	size_t pending;

	if (os_pending(fd, &pending) == 0)
		return pending;
	return holds(fd) ? MOVE_SOME : 0;
}

bool
move_writer_tells(void)
{
	static atomic_int told; /* 0: not tried yet */
	int known = atomic_load_explicit(&told, memory_order_relaxed);
	int ends[2];

	if (known != 0)
		return known > 0;
	if (fdio_pipe(ends) < 0)
		return false;
	known = write(ends[1], "", 1) == 1 && move_pending(ends[1]) > 0 ? 1 : -1;
	close(ends[0]);
	close(ends[1]);
	atomic_store_explicit(&told, known, memory_order_relaxed);
	return known > 0;
}

uint64_t
move_pending_lines(int fd)
{
	size_t pending = move_pending(fd);
	int64_t lines = pending == 0 ? 0 : pending_lines(fd, pending);

	return lines < 0 ? 0 : (uint64_t)lines;
}
