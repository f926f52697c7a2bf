/* SPDX-License-Identifier: ISC */
/*
 * Preloaded: the process is killed, as by kill -9, before the call of that number, from
 * 1, with which it writes, sends or syncs something; see KILL_AT.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static void
count(void)
{
	static int calls;
	const char *at = getenv("KILL_AT");

	if (at != NULL && ++calls == atoi(at))
		kill(getpid(), SIGKILL);
}

ssize_t
write(int fd, const void *data, size_t len)
{
	ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");

	count();
	return real(fd, data, len);
}

ssize_t
pwrite(int fd, const void *data, size_t len, off_t at)
{
	ssize_t (*real)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");

	count();
	return real(fd, data, len, at);
}

ssize_t
pwritev(int fd, const struct iovec *parts, int n, off_t at)
{
	ssize_t (*real)(int, const struct iovec *, int, off_t) =
	    dlsym(RTLD_NEXT, "pwritev");

	count();
	return real(fd, parts, n, at);
}

ssize_t
send(int fd, const void *data, size_t len, int flags)
{
	ssize_t (*real)(int, const void *, size_t, int) = dlsym(RTLD_NEXT, "send");

	count();
	return real(fd, data, len, flags);
}

int
fdatasync(int fd)
{
	int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");

	count();
	return real(fd);
}
