/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "os.h"

static int
refused(void)
{
	errno = ENOTSUP;
	return -1;
}

int
os_pipe(int ends[2])
{
	(void)ends;
	return refused();
}

int
os_pipe_size(int fd, size_t size)
{
	(void)fd, (void)size;
	return refused();
}

int
os_pipe_room(int fd)
{
	(void)fd;
	return refused();
}

/* Does the end that is written to tell what waits at the other one?  Not everywhere. */
static bool
writer_tells(void)
{
	static atomic_int told; /* 0: not tried yet */
	int known = atomic_load_explicit(&told, memory_order_relaxed);
	int ends[2], pending = 0;

	if (known != 0)
		return known > 0;
	if (pipe(ends) < 0)
		return false;
	known = write(ends[1], "", 1) == 1 && ioctl(ends[1], FIONREAD, &pending) == 0 &&
		pending == 1
	    ? 1
	    : -1;
	close(ends[0]);
	close(ends[1]);
	atomic_store_explicit(&told, known, memory_order_relaxed);
	return known > 0;
}

int
os_pending(int fd, size_t *bytes)
{
	const char *asked = getenv("PAR_PLAIN");
	int pending = 0;

	*bytes = 0;
	if ((asked != NULL && *asked != '\0') ||
	    ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY && !writer_tells()))
		return refused();
	if (ioctl(fd, FIONREAD, &pending) < 0)
		return errno == ENOTTY || errno == EBADF ? 0 : refused();
	if (pending > 0)
		*bytes = (size_t)pending;
	return 0;
}

int
os_pipe_reader(int fd)
{
	(void)fd;
	return refused();
}

ssize_t
os_splice(int from, int to, size_t len, bool now)
{
	(void)from, (void)to, (void)len, (void)now;
	return refused();
}

ssize_t
os_tee(int from, int to, size_t len)
{
	(void)from, (void)to, (void)len;
	return refused();
}

ssize_t
os_copy(int from, off_t *at, int to, size_t len)
{
	(void)from, (void)at, (void)to, (void)len;
	return refused();
}

int
os_nameless(const char *folder)
{
	(void)folder;
	return refused();
}

int
os_keep_room(int fd, off_t size)
{
	(void)fd, (void)size;
	return 0;
}

int
os_begin_writing(int fd, off_t at, off_t len)
{
	(void)fd, (void)at, (void)len;
	errno = ENOTSUP;
	return -1;
}

void
os_forget(void *pages, size_t len)
{
	(void)pages, (void)len;
}

void
os_reuse(size_t most)
{
	(void)most;
}

bool
os_die_with(pid_t parent)
{
	(void)parent;
	return true;
}

pid_t
os_begin(int (*become)(void *data), void *data, size_t argc)
{
	(void)become, (void)data, (void)argc;
	return refused();
}

size_t
os_longest_word(void)
{
	return SIZE_MAX;
}

int
os_watch_open(void)
{
	return refused();
}

int
os_watch(int watch, int fd, short events, bool known)
{
	(void)watch, (void)fd, (void)events, (void)known;
	return refused();
}

int
os_watch_wait(int watch, struct pollfd *happened, int most, int timeout)
{
	(void)watch, (void)happened, (void)most, (void)timeout;
	return refused();
}
