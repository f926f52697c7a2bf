/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fdio.h"
#include "os.h"

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

bool
fdio_is_null(int fd)
{
	struct stat null, st;

	return stat("/dev/null", &null) == 0 && fstat(fd, &st) == 0 &&
	    S_ISCHR(st.st_mode) && st.st_rdev == null.st_rdev;
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

ssize_t
fdio_read_at(int fd, void *buffer, size_t size, uint64_t at)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n =
		    pread(fd, (char *)buffer + got, size - got, (off_t)(at + got));

		if (n == 0)
			break;
		if (n < 0 && errno != EINTR)
			return -1;
		got += n < 0 ? 0 : (size_t)n;
	}
	return (ssize_t)got;
}

int
fdio_write_at(int fd, const void *data, size_t len, uint64_t at)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n =
		    pwrite(fd, (const char *)data + done, len - done, (off_t)(at + done));

		if (n < 0 && errno != EINTR)
			return -1;
		done += n < 0 ? 0 : (size_t)n;
	}
	return 0;
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

struct fdio_sink
fdio_sink(int fd)
{
	struct stat st;

	return (struct fdio_sink){ .fd = fd,
		.socket = fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode) };
}

ssize_t
fdio_writev_now(struct fdio_sink to, const struct iovec *iov, int count)
{
	const struct msghdr message = { .msg_iov = (struct iovec *)(uintptr_t)iov,
		.msg_iovlen = (unsigned short)count }; /* an int, or larger */
	ssize_t n;

	do {
		n = to.socket ? sendmsg(to.fd, &message, MSG_DONTWAIT)
			      : writev(to.fd, iov, count);
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
fdio_lock(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_SETLK, &lock) == 0)
		return 0;
	if (errno == EACCES || errno == EAGAIN)
		errno = EBUSY;
	return -1;
}

bool
fdio_lock_new(int fd, int folder, const char *name)
{
	struct stat ours, there;

	return (fdio_lock(fd) == 0 || errno != EBUSY) && fstat(fd, &ours) == 0 &&
	    fstatat(folder, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
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
	if (os_pipe(ends) == 0)
		return 0;
	if (errno != ENOTSUP || pipe(ends) < 0)
		return -1;
	fdio_cloexec(ends[0]);
	fdio_cloexec(ends[1]);
	return 0;
}

size_t
fdio_pipe_size(int fd, size_t size)
{
	int got = os_pipe_size(fd, size);

	return got > 0 ? (size_t)got : PIPE_BUF;
}
