/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backoff.h"
#include "fdio.h"
#include "fifo.h"

/* Between tries to open one: nobody would notice that it is so late. */
static const struct backoff tries_apart = { .first = 1, .longest = 50 };

void
fifo_expect_many(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

bool
fifo_waits(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

bool
fifo_is(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

int
fifo_check_read(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	struct stat st;

	if (flags < 0 || fstat(fd, &st) < 0)
		return -1;
	errno = (flags & O_ACCMODE) == O_WRONLY ? EBADF
	    : S_ISDIR(st.st_mode)		? EISDIR
						: 0;
	return errno == 0 ? 0 : -1;
}

int
fifo_open_read(const char *path, bool *waits)
{
	struct stat st;
	int fd;

	do {
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	} while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		errno = EISDIR;
		return -1;
	}
	*waits = !S_ISREG(st.st_mode);
	return fd;
}

const char *
fifo_why(int error)
{
	return error == ETIME ? "nobody opened its other end in time" : strerror(error);
}

int
fifo_open_write(const char *path)
{
	int flags = O_WRONLY | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
	int fd;

	do {
		fd = open(path, flags, 0666);
	} while (fd < 0 && errno == EINTR);
	return fd;
}

int
fifo_reopen_write(int fd)
{
	char path[32];
	int again = -1;

	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	if (fifo_is(fd))
		again = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	return again >= 0 ? again : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

int
fifo_reopen_ours(int fd)
{
	int again = fifo_reopen_write(fd);
	struct stat st;

	if (again < 0 || fstat(again, &st) < 0 || !S_ISSOCK(st.st_mode) ||
	    fdio_nonblocking(again) == 0)
		return again;
	close(again);
	return -1;
}

int
fifo_pause(unsigned tries)
{
	return (int)backoff_wait(&tries_apart, tries + UINT64_C(1), 0);
}
