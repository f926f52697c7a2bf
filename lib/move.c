/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fdio.h"
#include "move.h"

enum {
	COPY_SIZE = 64 << 10,
	SPLICE_FROM = 16 << 10 /* small pieces would fill a pipe's slots with crumbs */
};

/* Through a buffer, at most len bytes; how many, or -1. */
static ssize_t
copy(int from, int to, size_t len)
{
	char buffer[COPY_SIZE];
	ssize_t n;

	do {
		n = read(from, buffer, len < sizeof(buffer) ? len : sizeof(buffer));
	} while (n < 0 && errno == EINTR);
	if (n == 0 || (n < 0 && errno == EAGAIN))
		errno = ENODATA;
	if (n <= 0)
		return -1;
	return fdio_write(to, buffer, (size_t)n) < 0 ? -1 : n;
}

#ifdef __linux__
/* By splice, at most len bytes; how many, 0 if it cannot be done so, or -1. */
static ssize_t
splice_some(int from, int to, size_t len)
{
	ssize_t n = splice(from, NULL, to, NULL, len, SPLICE_F_MOVE);

	if (n == 0) {
		errno = ENODATA;
		return -1;
	}
	if (n < 0 && errno == EINVAL)
		return 0;
	if (n < 0 && errno == EAGAIN) {
		struct pollfd p = { .fd = to, .events = POLLOUT };

		/* Either end may be non-blocking: is it the input that is short? */
		if (move_held(from) == 0) {
			errno = ENODATA;
			return -1;
		}
		return poll(&p, 1, -1) < 0 ? -1 : 0;
	}
	return n;
}
#else
static ssize_t
splice_some(int from, int to, size_t len)
{
	(void)from, (void)to, (void)len;
	return 0;
}
#endif

int
move_bytes(int from, int to, size_t *left)
{
	while (*left > 0) {
		ssize_t n = *left < SPLICE_FROM ? 0 : splice_some(from, to, *left);

		if (n == 0)
			n = copy(from, to, *left);
		if (n < 0)
			return -1;
		*left -= (size_t)n;
	}
	return 0;
}

size_t
move_held(int fd)
{
	int held = 0;

	return ioctl(fd, FIONREAD, &held) < 0 || held < 0 ? 0 : (size_t)held;
}
