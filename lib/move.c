/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fdio.h"
#include "move.h"

enum {
	EYE_SIZE = 64 << 10,
	LEAP_FROM = 8 << 10, /* what is less is read faster than let vanish */
	SEEN_MOST = 1 << 30,
	COPY_SIZE = 64 << 10
};

#ifdef __linux__
ssize_t
move_some(int from, int to, size_t len)
{
	ssize_t n;

	do {
		n = splice(from, NULL, to, NULL, len, SPLICE_F_MOVE);
	} while (n < 0 && errno == EINTR);
	if (n == 0)
		errno = ENODATA;
	if (n > 0 || (n < 0 && errno == EINVAL))
		return n < 0 ? 0 : n;
	/* Either end may be non-blocking: is it the input that is short? */
	if (errno == EAGAIN && move_held(from) == 0)
		errno = ENODATA;
	return -1;
}

/* 0, or -1: there are no descriptors left. */
static int
open_eye(struct move_eye *eye, int from)
{
	int ends[2], size = fcntl(from, F_GETPIPE_SZ);

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
		n = tee(from, eye->out, SEEN_MOST, SPLICE_F_NONBLOCK);
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
		ssize_t n =
		    splice(eye->in, NULL, eye->nowhere, NULL, len, SPLICE_F_NONBLOCK);

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

/* By a copy of what is held, which tee(2) makes in a pipe of the same size. */
static int64_t
held_lines(int fd, size_t held)
{
	char path[32];
	int64_t lines = -1;
	int from, ends[2];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	from = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (from < 0)
		return -1;
	if (fdio_pipe(ends) == 0) {
		fdio_pipe_size(ends[1], (size_t)fcntl(fd, F_GETPIPE_SZ));
		if (fdio_nonblocking(ends[0]) == 0 &&
		    tee(from, ends[1], held, SPLICE_F_NONBLOCK) == (ssize_t)held)
			lines = count_lines(ends[0]);
		close(ends[0]);
		close(ends[1]);
	}
	close(from);
	return lines;
}
#else
static int64_t
held_lines(int fd, size_t held)
{
	(void)fd, (void)held;
	return -1;
}

ssize_t
move_some(int from, int to, size_t len)
{
	(void)from, (void)to, (void)len;
	return 0;
}

int
move_see(struct move_eye *eye, int from)
{
	(void)eye, (void)from;
	return -1;
}

int
move_look(struct move_eye *eye, size_t at)
{
	(void)eye, (void)at;
	return -1;
}
#endif

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

size_t
move_held(int fd)
{
	int held = 0;

	return ioctl(fd, FIONREAD, &held) < 0 || held < 0 ? 0 : (size_t)held;
}

uint64_t
move_held_lines(int fd)
{
	size_t held = move_held(fd);
	int64_t lines = held == 0 ? 0 : held_lines(fd, held);

	return lines < 0 ? 0 : (uint64_t)lines;
}
