/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "os.h"

enum way {
	PIPE,
	PIPE_SIZE,
	PENDING,
	SPLICE,
	TEE,
	COPY,
	SEND,
	NAMELESS,
	KEEP_ROOM,
	BEGIN_WRITING,
	BEGIN,
	WATCH,
	WAYS
};

enum { EVENTS = 256 };

/* Those that were refused will be again. */
static atomic_bool shut[WAYS];

/* 0: not looked for yet */
static atomic_int plain;

static bool
is_plain(void)
{
	int known = atomic_load_explicit(&plain, memory_order_relaxed);
	const char *asked;

	if (known == 0) {
		asked = getenv("PAR_PLAIN");
		known = asked != NULL && *asked != '\0' ? 1 : -1;
		atomic_store_explicit(&plain, known, memory_order_relaxed);
	}
	return known > 0;
}

/* May it be tried?  Else errno is set. */
static bool
is_open(enum way way)
{
	if (!atomic_load_explicit(&shut[way], memory_order_relaxed) && !is_plain())
		return true;
	errno = ENOTSUP;
	return false;
}

/* Is that of what a call was given, or of this moment, and not of the call? */
static bool
is_passing(int error)
{
	static const int passing[] = { EAGAIN, EBADF, ECONNRESET, EDQUOT, EEXIST, EFBIG,
		EINTR, EINVAL, EIO, EMFILE, ENFILE, ENOENT, ENOMEM, ENOSPC, ENOTDIR,
		ENOTTY, EPIPE, EROFS, EXDEV };

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (error == passing[i])
			return true;
	return false;
}

/* It failed: by the plain way, and from now on if it was refused.  -1. */
static int
refused(enum way way)
{
	if (!is_passing(errno))
		atomic_store_explicit(&shut[way], true, memory_order_relaxed);
	errno = ENOTSUP;
	return -1;
}

static bool
is_shortage(int error)
{
	return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE;
}

int
os_pipe(int ends[2])
{
	if (!is_open(PIPE))
		return -1;
	if (pipe2(ends, O_CLOEXEC) == 0)
		return 0;
	return is_shortage(errno) ? -1 : refused(PIPE);
}

int
os_pipe_size(int fd, size_t size)
{
	int got = is_open(PIPE_SIZE) ? fcntl(fd, F_SETPIPE_SZ, (int)size) : -1;

	return got < 0 ? os_pipe_room(fd) : got;
}

int
os_pipe_room(int fd)
{
	return is_open(PIPE_SIZE) ? fcntl(fd, F_GETPIPE_SZ) : -1;
}

int
os_pending(int fd, size_t *bytes)
{
	int pending = 0;

	*bytes = 0;
	if (!is_open(PENDING))
		return -1;
	if (ioctl(fd, FIONREAD, &pending) < 0)
		return errno == ENOTTY || errno == EBADF ? 0 : refused(PENDING);
	if (pending > 0)
		*bytes = (size_t)pending;
	return 0;
}

int
os_pipe_reader(int fd)
{
	char path[32];

	if (is_plain())
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

ssize_t
os_splice(int from, int to, size_t len, bool now)
{
	unsigned flags = now ? SPLICE_F_NONBLOCK : SPLICE_F_MOVE;
	ssize_t n;

	if (!is_open(SPLICE))
		return -1;
	do {
		n = splice(from, NULL, to, NULL, len, flags);
	} while (n < 0 && errno == EINTR);
	return n >= 0 || errno == EAGAIN ? n : refused(SPLICE);
}

ssize_t
os_tee(int from, int to, size_t len)
{
	ssize_t n;

	if (!is_open(TEE))
		return -1;
	n = tee(from, to, len, SPLICE_F_NONBLOCK);
	return n >= 0 || errno == EAGAIN ? n : refused(TEE);
}

/* Did it begin, or is there an end to it that the plain way would come to, too? */
static bool
is_final(ssize_t n)
{
	return n > 0 ||
	    (n < 0 &&
		(errno == EAGAIN || errno == EINTR || errno == EIO || errno == ENOSPC ||
		    errno == EDQUOT || errno == EFBIG || errno == EPIPE));
}

/* Between files the disk may do it by itself; 0 may be a file system that cannot. */
ssize_t
os_copy(int from, off_t *at, int to, size_t len)
{
	ssize_t n;

	if (is_open(COPY)) {
		n = copy_file_range(from, at, to, NULL, len, 0);
		if (is_final(n))
			return n;
		if (n < 0)
			refused(COPY);
	}
	if (!is_open(SEND))
		return -1;
	n = sendfile(to, from, at, len);
	return is_final(n) || n == 0 ? n : refused(SEND);
}

int
os_nameless(const char *folder)
{
	int fd =
	    is_open(NAMELESS) ? open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;

	return fd < 0 ? refused(NAMELESS) : fd;
}

int
os_keep_room(int fd, off_t size)
{
	if (!is_open(KEEP_ROOM) || fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, size) == 0)
		return 0;
	if (errno == ENOSPC || errno == EDQUOT || errno == EIO || errno == EFBIG)
		return errno;
	refused(KEEP_ROOM);
	return 0;
}

int
os_begin_writing(int fd, off_t at, off_t len)
{
	if (!is_open(BEGIN_WRITING))
		return -1;
	if (sync_file_range(fd, at, len, SYNC_FILE_RANGE_WRITE) == 0)
		return 0;
	return refused(BEGIN_WRITING);
}

void
os_forget(void *pages, size_t len)
{
	madvise(pages, len, MADV_DONTNEED);
}

void
os_reuse(size_t most)
{
#ifdef M_TRIM_THRESHOLD
	/* Where that is too much malloc goes on adapting itself. */
	if (mallopt(M_MMAP_THRESHOLD, (int)most) == 1)
		mallopt(M_TRIM_THRESHOLD, (int)most);
#else
	(void)most;
#endif
}

bool
os_die_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return getppid() == parent;
}

/*
 * None of our memory is copied.  It has a stack of its own, with room for execvp(3) to
 * put the shell before the arguments of a script that names none.
 */
pid_t
os_begin(int (*become)(void *data), void *data, size_t argc)
{
	size_t size = ((64 << 10) + argc * sizeof(char *) + 63) / 64 * 64;
	char *stack;
	pid_t pid;
	int error;

	if (!is_open(BEGIN))
		return -1;
	stack = aligned_alloc(64, size);
	if (stack == NULL)
		return -1;
	pid = clone(become, stack + size, CLONE_VM | CLONE_VFORK | SIGCHLD, data);
	error = errno;
	free(stack);
	errno = error;
	return pid >= 0 || is_shortage(error) ? pid : refused(BEGIN);
}

size_t
os_longest_word(void)
{
	long page = sysconf(_SC_PAGESIZE);

	return page <= 0 ? SIZE_MAX : 32 * (size_t)page; /* MAX_ARG_STRLEN */
}

/* A filter may let one of the calls pass and refuse another. */
static bool
watches(int watch)
{
	struct epoll_event event;

	return watch >= 0 && epoll_wait(watch, &event, 1, 0) == 0 &&
	    (epoll_ctl(watch, EPOLL_CTL_DEL, watch, NULL) == 0 || errno == EINVAL);
}

int
os_watch_open(void)
{
	int watch = is_open(WATCH) ? epoll_create1(EPOLL_CLOEXEC) : -1, error;

	if (watches(watch))
		return watch;
	error = errno;
	if (watch >= 0)
		close(watch);
	errno = error;
	return refused(WATCH);
}

/* A descriptor of that number may have been closed, or never heard of. */
int
os_watch(int watch, int fd, short events, bool known)
{
	struct epoll_event event = { .data.fd = fd };
	int how = known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	if (events == 0) {
		epoll_ctl(watch, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	event.events = ((events & POLLIN) != 0 ? EPOLLIN : 0U) |
	    ((events & POLLOUT) != 0 ? EPOLLOUT : 0U);
	if (epoll_ctl(watch, how, fd, &event) == 0)
		return 0;
	how = errno == EEXIST ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
	return epoll_ctl(watch, how, fd, &event);
}

int
os_watch_wait(int watch, struct pollfd *happened, int most, int timeout)
{
	struct epoll_event events[EVENTS];
	int got = epoll_wait(watch, events, most < EVENTS ? most : EVENTS, timeout);

	for (int i = 0; i < got; i++) {
		unsigned what = events[i].events;

		happened[i] = (struct pollfd){ .fd = events[i].data.fd,
			.revents = (short)(((what & EPOLLIN) != 0 ? POLLIN : 0) |
			    ((what & EPOLLOUT) != 0 ? POLLOUT : 0) |
			    ((what & (EPOLLERR | EPOLLHUP)) != 0 ? POLLERR : 0)) };
	}
	return got;
}
