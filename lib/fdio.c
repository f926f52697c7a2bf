/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fdio.h"

int
fdio_reserve_standard(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		if (open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			return -1;
	}
	return 0;
}

/* Wait until fd can do what events asks. */
static int
wait_for(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	while (poll(&p, 1, -1) < 0)
		if (errno != EINTR)
			return -1;
	return 0;
}

/* After a failed call: 0 to try again, -1 to give up. */
static int
try_again(int fd, short events)
{
	if (errno == EINTR)
		return 0;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return wait_for(fd, events);
	return -1;
}

ssize_t
fdio_read(int fd, void *buffer, size_t size)
{
	ssize_t n;

	while ((n = read(fd, buffer, size)) < 0)
		if (try_again(fd, POLLIN) < 0)
			return -1;
	return n;
}

int
fdio_write(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0) {
			if (try_again(fd, POLLOUT) < 0)
				return -1;
			continue;
		}
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int
fdio_writev(int fd, struct iovec *iov, int count)
{
	while (count > 0) {
		ssize_t n = writev(fd, iov, count < IOV_MAX ? count : IOV_MAX);

		if (n < 0) {
			if (try_again(fd, POLLOUT) < 0)
				return -1;
			continue;
		}
		while (count > 0 && (size_t)n >= iov->iov_len) {
			n -= (ssize_t)iov->iov_len;
			iov++;
			count--;
		}
		if (count > 0) {
			iov->iov_base = (char *)iov->iov_base + n;
			iov->iov_len -= (size_t)n;
		}
	}
	return 0;
}

ssize_t
fdio_writev_now(int fd, const struct iovec *iov, int count)
{
	ssize_t n;

	do {
		n = writev(fd, iov, count);
	} while (n < 0 && errno == EINTR);
	return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : n;
}

int
fdio_cut(int fd, uint64_t len)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode))
		return 0;
	if (st.st_size != (off_t)len && ftruncate(fd, (off_t)len) < 0)
		return -1;
	return lseek(fd, (off_t)len, SEEK_SET) < 0 ? -1 : 0;
}

int
fdio_cloexec(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int
fdio_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

int
fdio_pipe(int ends[2])
{
#ifdef __linux__
	return pipe2(ends, O_CLOEXEC);
#else
	if (pipe(ends) < 0)
		return -1;
	fdio_cloexec(ends[0]);
	fdio_cloexec(ends[1]);
	return 0;
#endif
}

size_t
fdio_pipe_size(int fd, size_t size)
{
#ifdef F_SETPIPE_SZ
	int got = fcntl(fd, F_SETPIPE_SZ, (int)size);

	if (got < 0)
		got = fcntl(fd, F_GETPIPE_SZ);
	if (got > 0)
		return (size_t)got;
#else
	(void)fd;
	(void)size;
#endif
	return PIPE_BUF;
}
