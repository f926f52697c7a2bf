/* SPDX-License-Identifier: ISC */
/*
 * Preloaded: system calls and allocations of one process fail.
 *
 *	FAULT_IN     the name of the program; of those below it with the same name that
 *are started by it, with FAULT_BELOW=1, the first FAULT_CALL   the kind of calls, a name
 *of the table below FAULT_MODE   once: number FAULT_AT of that kind fails, with the error
 *FAULT_ERRNO on: so do all after it short: what the program itself reads and writes goes
 *by single bytes eintr: about every other call that a signal may interrupt is interrupted
 *	             again: every other call for a descriptor that cannot wait would have
 *to count: nothing fails FAULT_COUNT  a file of numbers of 8 bytes: how many calls of the
 *kind there were, or of those that were not done as they were meant; whether a process
 *was found; and in the mode count, how many there were of each kind
 *
 * Libraries that crash by themselves without memory always have some, see spared below.
 * What is written to standard error has a kind of its own, since what is said must be
 * heard.  In short, eintr and again libraries are left alone: these call the system by
 * themselves.  Only one process is in trouble, not what it starts.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum call {
	MEMORY,
	READ,
	WRITE,
	SAID,
	PIPE,
	START,
	EXEC,
	OPEN,
	POLL,
	SPLICE,
	SYNC,
	RENAME,
	LENGTH,
	SEEK,
	STAT,
	SIZE,
	LOCK,
	MAP,
	WAIT,
	UNLINK,
	MAKE,
	CLOSE,
	CHANCE,
	LIST,
	LIMIT,
	SOCKET,
	NEVER
};

static const char *const names[] = {
	[MEMORY] = "memory",
	[READ] = "read",
	[WRITE] = "write",
	[SAID] = "said",
	[PIPE] = "pipe",
	[START] = "start",
	[EXEC] = "exec",
	[OPEN] = "open",
	[POLL] = "poll",
	[SPLICE] = "splice",
	[SYNC] = "sync",
	[RENAME] = "rename",
	[LENGTH] = "length",
	[SEEK] = "seek",
	[STAT] = "stat",
	[SIZE] = "size",
	[LOCK] = "lock",
	[MAP] = "map",
	[WAIT] = "wait",
	[UNLINK] = "unlink",
	[MAKE] = "make",
	[CLOSE] = "close",
	[CHANCE] = "chance",
	[LIST] = "list",
	[LIMIT] = "limit",
	[SOCKET] = "socket",
};

static enum { NONE, ONCE, ON, COUNT, SHORT, EINTR_MODE, AGAIN } mode;
static enum call wanted = NEVER;
static uint64_t at;
static int error;
static _Atomic uint64_t *count, unseen[2 + NEVER]; /* shared with who started us */
static _Atomic uint64_t turns[NEVER];
static _Atomic bool in_child; /* that has our memory, while we wait for it */
static _Atomic bool own_pipe[1024]; /* what such a one says is true: nothing is there */

struct code {
	uintptr_t start, end;
};

/*
 * OpenSSL locks what it could not make; libseccomp frees twice, and makes filters that
 * lack what it had no memory for.
 */
enum { SPARED = 2 };
static const char *const spared_names[SPARED] = { "/libcrypto.", "/libseccomp." };
static struct code program, spared[SPARED];

#define NEXT(name)                                                                       \
	static __typeof__(name) *next;                                                   \
	if (next == NULL)                                                                \
	next = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

/* Where the code of the program, or of a library, is. */
static void
find_code(const struct dl_phdr_info *info, struct code *code)
{
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];

		if (part->p_type != PT_LOAD || (part->p_flags & PF_X) == 0)
			continue;
		code->start = info->dlpi_addr + part->p_vaddr;
		code->end = code->start + part->p_memsz;
	}
}

static int
look_at(struct dl_phdr_info *info, size_t size, void *data)
{
	int *seen = data;

	(void)size;
	if (++*seen == 1) /* the program is the first one */
		find_code(info, &program);
	for (int i = 0; i < SPARED; i++)
		if (strstr(info->dlpi_name, spared_names[i]) != NULL)
			find_code(info, &spared[i]);
	return 0;
}

static void
count_in(const char *path)
{
	int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
	void *place;

	if (fd < 0)
		return;
	place = mmap(NULL, sizeof(unseen), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (place != MAP_FAILED)
		count = place;
}

static void
choose(const char *how, const char *call)
{
	static const char *const modes[] = { "", "once", "on", "count", "short", "eintr",
		"again" };

	for (int i = 0; i < NEVER; i++)
		if (strcmp(names[i], call) == 0)
			wanted = (enum call)i;
	for (int i = ONCE; i <= AGAIN; i++)
		if (strcmp(modes[i], how) == 0)
			mode = i;
}

__attribute__((constructor)) static void
begin(void)
{
	const char *name = getenv("FAULT_IN"), *below = getenv("FAULT_BELOW");
	const char *number = getenv("FAULT_AT"), *number_of = getenv("FAULT_ERRNO");
	const char *how = getenv("FAULT_MODE"), *call = getenv("FAULT_CALL");
	int seen = 0;

	count = unseen;
	if (name == NULL || how == NULL ||
	    strcmp(name, program_invocation_short_name) != 0)
		return;
	if (below != NULL && *below == '1') {
		setenv("FAULT_BELOW", "0", 1);
		return;
	}
	unsetenv("FAULT_IN");
	unsetenv("LD_PRELOAD");
	count_in(getenv("FAULT_COUNT"));
	if (atomic_exchange(&count[1], 1) != 0)
		return; /* another one is */
	dl_iterate_phdr(look_at, &seen);
	at = number == NULL ? 0 : strtoull(number, NULL, 10);
	error = number_of == NULL ? 0 : atoi(number_of);
	choose(how, call == NULL ? "" : call);
}

static bool
is_in(const struct code *code, const void *caller)
{
	return (uintptr_t)caller >= code->start && (uintptr_t)caller < code->end;
}

static bool
of_program(const void *caller)
{
	return is_in(&program, caller);
}

/* Every other one, by chance: not always the same of two that take turns in a loop. */
static bool
every_other(enum call call)
{
	uint64_t turn = atomic_fetch_add(&turns[call], 1) + 1;

	if ((turn * 0x9e3779b97f4a7c15 >> 40) % 2 != 0)
		return false;
	atomic_fetch_add(count, 1);
	return true;
}

/* Does this call of that kind fail?  With what, or 0. */
static int
fault(enum call call)
{
	uint64_t n;

	if (mode == COUNT && call != NEVER && !atomic_load(&in_child))
		atomic_fetch_add(&count[2 + call], 1);
	if (call != wanted || (mode != ONCE && mode != ON) ||
	    (call != EXEC && atomic_load(&in_child)))
		return 0;
	n = atomic_fetch_add(count, 1) + 1;
	return n == at || (mode == ON && n > at) ? error : 0;
}

/* Is it a descriptor that does not wait, and that others may have the other end of? */
static bool
never_waits(int fd)
{
	NEXT(fcntl);
	return fd >= 0 && (next(fd, F_GETFL) & O_NONBLOCK) != 0;
}

static bool
is_own_pipe(int fd)
{
	return fd >= 0 && fd < 1024 && own_pipe[fd];
}

/* The same for one that may wait, as it does for descriptors (-1: for none). */
static int
fault_slow(enum call call, const void *caller, int from, int to)
{
	if (mode < SHORT || atomic_load(&in_child) || !of_program(caller))
		return fault(call);
	if (mode == EINTR_MODE && every_other(call))
		return EINTR;
	if (mode == AGAIN &&
	    ((never_waits(from) && !is_own_pipe(from)) || never_waits(to)) &&
	    every_other(call))
		return EAGAIN;
	return 0;
}

/* How much of it goes at a time. */
static size_t
some(const void *caller, size_t len)
{
	if (mode != SHORT || len <= 1 || atomic_load(&in_child) || !of_program(caller))
		return len;
	atomic_fetch_add(count, 1);
	return 1;
}

#define CALLER __builtin_return_address(0)
#define FAIL_IF(code)                                                                    \
	do {                                                                             \
		int code_ = (code);                                                      \
		if (code_ != 0) {                                                        \
			errno = code_;                                                   \
			return -1;                                                       \
		}                                                                        \
	} while (0)
#define FAIL_NULL_IF(code)                                                               \
	do {                                                                             \
		int code_ = (code);                                                      \
		if (code_ != 0) {                                                        \
			errno = code_;                                                   \
			return NULL;                                                     \
		}                                                                        \
	} while (0)

/* Memory; with dlsym(3) these would call themselves. */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

#ifndef NO_MEMORY
static int
fault_memory(const void *caller)
{
	for (int i = 0; i < SPARED; i++)
		if (is_in(&spared[i], caller))
			return 0;
	return fault(MEMORY);
}

void *
malloc(size_t size)
{
	FAIL_NULL_IF(fault_memory(CALLER));
	return __libc_malloc(size);
}

void *
calloc(size_t number, size_t size)
{
	FAIL_NULL_IF(fault_memory(CALLER));
	return __libc_calloc(number, size);
}

void *
realloc(void *old, size_t size)
{
	FAIL_NULL_IF(fault_memory(CALLER));
	return __libc_realloc(old, size);
}

void *
aligned_alloc(size_t alignment, size_t size)
{
	FAIL_NULL_IF(fault_memory(CALLER));
	return __libc_memalign(alignment, size);
}
#endif

/* Reading. */

/* As fault_slow().  No pipe fails to be read for ever. */
static int
fault_read(const void *caller, int fd)
{
	return mode == ON && is_own_pipe(fd) ? 0 : fault_slow(READ, caller, fd, -1);
}

ssize_t
read(int fd, void *data, size_t len)
{
	NEXT(read);
	FAIL_IF(fault_read(CALLER, fd));
	return next(fd, data, some(CALLER, len));
}

ssize_t __read_chk(int fd, void *data, size_t len, size_t room);

ssize_t
__read_chk(int fd, void *data, size_t len, size_t room)
{
	NEXT(__read_chk);
	FAIL_IF(fault_read(CALLER, fd));
	return next(fd, data, some(CALLER, len), room);
}

ssize_t
pread(int fd, void *data, size_t len, off_t from)
{
	NEXT(pread);
	FAIL_IF(fault_read(CALLER, fd));
	return next(fd, data, some(CALLER, len), from);
}

ssize_t
readv(int fd, const struct iovec *parts, int number)
{
	NEXT(readv);
	FAIL_IF(fault_read(CALLER, fd));
	return next(fd, parts, number);
}

ssize_t
recv(int fd, void *data, size_t len, int flags)
{
	NEXT(recv);
	FAIL_IF(fault_read(CALLER, fd));
	return next(fd, data, some(CALLER, len), flags);
}

ssize_t
recvfrom(
    int fd, void *data, size_t len, int flags, struct sockaddr *from, socklen_t *size)
{
	NEXT(recvfrom);
	FAIL_IF(fault_read(CALLER, fd));
	return next(fd, data, some(CALLER, len), flags, from, size);
}

/* Writing. */

static int
plain_fstat(int fd, struct stat *st)
{
	NEXT(fstat);
	return next(fd, st);
}

/* Is it standard error, or that pipe opened once more? */
static bool
is_said(int fd)
{
	struct stat st, said;

	return fd == STDERR_FILENO ||
	    (fd > STDERR_FILENO && plain_fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) &&
		plain_fstat(STDERR_FILENO, &said) == 0 && st.st_ino == said.st_ino);
}

/*
 * As fault_slow().  With what it fails in life: a pipe to a process that reads takes
 * nothing for want of memory alone, and nobody leaves a file.
 */
static int
fault_write(const void *caller, int fd)
{
	enum call call = is_said(fd) ? SAID : WRITE;
	int code = fault_slow(call, caller, -1, fd);
	struct stat st;

	if (code == 0 || mode >= SHORT || call == SAID)
		return code;
	if (is_own_pipe(fd))
		return ENOMEM;
	return code == EPIPE && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? ENOSPC
									   : code;
}

ssize_t
write(int fd, const void *data, size_t len)
{
	NEXT(write);
	if (len == 1 && mode != AGAIN && is_own_pipe(fd))
		return next(
		    fd, data, len); /* of a signal handler: there is room for it */
	FAIL_IF(fault_write(CALLER, fd));
	return next(fd, data, some(CALLER, len));
}

ssize_t
pwrite(int fd, const void *data, size_t len, off_t to)
{
	NEXT(pwrite);
	FAIL_IF(fault_write(CALLER, fd));
	return next(fd, data, some(CALLER, len), to);
}

ssize_t
writev(int fd, const struct iovec *parts, int number)
{
	NEXT(writev);
	FAIL_IF(fault_write(CALLER, fd));
	while (number > 1 && parts->iov_len == 0) {
		parts++;
		number--;
	}
	if (number > 0 && some(CALLER, parts->iov_len + (number > 1)) == 1) {
		struct iovec one = { .iov_base = parts->iov_base,
			.iov_len = parts->iov_len > 0 };

		return next(fd, &one, 1);
	}
	return next(fd, parts, number);
}

ssize_t
send(int fd, const void *data, size_t len, int flags)
{
	NEXT(send);
	FAIL_IF(fault_write(CALLER, fd));
	return next(fd, data, some(CALLER, len), flags);
}

ssize_t
sendto(int fd, const void *data, size_t len, int flags, const struct sockaddr *to,
    socklen_t size)
{
	NEXT(sendto);
	FAIL_IF(fault_write(CALLER, fd));
	return next(fd, data, some(CALLER, len), flags, to, size);
}

int
fflush(FILE *file)
{
	NEXT(fflush);
	FAIL_IF(fault(WRITE));
	return next(file);
}

/* From one descriptor to another. */

ssize_t
splice(int from, off64_t *from_at, int to, off64_t *to_at, size_t len, unsigned flags)
{
	NEXT(splice);
	FAIL_IF(fault_slow(SPLICE, CALLER, from, to));
	return next(from, from_at, to, to_at, some(CALLER, len), flags);
}

ssize_t
tee(int from, int to, size_t len, unsigned flags)
{
	NEXT(tee);
	FAIL_IF(fault_slow(SPLICE, CALLER, from, to));
	return next(from, to, some(CALLER, len), flags);
}

ssize_t
vmsplice(int fd, const struct iovec *parts, size_t number, unsigned flags)
{
	NEXT(vmsplice);
	FAIL_IF(fault_slow(SPLICE, CALLER, -1, fd));
	return next(fd, parts, number, flags);
}

ssize_t
sendfile(int to, int from, off_t *from_at, size_t len)
{
	NEXT(sendfile);
	FAIL_IF(fault_slow(SPLICE, CALLER, from, to));
	return next(to, from, from_at, some(CALLER, len));
}

ssize_t
copy_file_range(
    int from, off64_t *from_at, int to, off64_t *to_at, size_t len, unsigned flags)
{
	NEXT(copy_file_range);
	FAIL_IF(fault_slow(SPLICE, CALLER, from, to));
	return next(from, from_at, to, to_at, some(CALLER, len), flags);
}

/* Waiting. */

int
poll(struct pollfd *fds, nfds_t number, int time)
{
	NEXT(poll);
	FAIL_IF(fault_slow(POLL, CALLER, -1, -1));
	return next(fds, number, time);
}

int __poll_chk(struct pollfd *fds, nfds_t number, int time, size_t room);

int
__poll_chk(struct pollfd *fds, nfds_t number, int time, size_t room)
{
	NEXT(__poll_chk);
	FAIL_IF(fault_slow(POLL, CALLER, -1, -1));
	return next(fds, number, time, room);
}

int
ppoll(struct pollfd *fds, nfds_t number, const struct timespec *time, const sigset_t *set)
{
	NEXT(ppoll);
	FAIL_IF(fault_slow(POLL, CALLER, -1, -1));
	return next(fds, number, time, set);
}

int
epoll_wait(int fd, struct epoll_event *events, int most, int time)
{
	NEXT(epoll_wait);
	FAIL_IF(fault_slow(POLL, CALLER, -1, -1));
	return next(fd, events, most, time);
}

/* Only one that waits is interrupted. */
static int
fault_wait(const void *caller, int options)
{
	return mode == EINTR_MODE && (options & WNOHANG) != 0
	    ? 0
	    : fault_slow(WAIT, caller, -1, -1);
}

pid_t
waitpid(pid_t pid, int *status, int options)
{
	NEXT(waitpid);
	FAIL_IF(fault_wait(CALLER, options));
	return next(pid, status, options);
}

int
waitid(idtype_t what, id_t id, siginfo_t *info, int options)
{
	NEXT(waitid);
	FAIL_IF(fault_wait(CALLER, options));
	return next(what, id, info, options);
}

int
flock(int fd, int what)
{
	NEXT(flock);
	FAIL_IF(what == LOCK_UN ? 0
		: (what & LOCK_NB) != 0 && mode == EINTR_MODE
		? 0
		: fault_slow(LOCK, CALLER, -1, -1));
	return next(fd, what);
}

/* Processes. */

int
clone(int (*run)(void *), void *stack, int flags, void *data, ...)
{
	int got, why;

	NEXT(clone);
	FAIL_IF(fault(START));
	atomic_store(&in_child, (flags & CLONE_VM) != 0);
	got = next(run, stack, flags, data);
	why = errno;
	atomic_store(&in_child, false);
	errno = why;
	return got;
}

pid_t
fork(void)
{
	pid_t pid;

	NEXT(fork);
	FAIL_IF(fault(START));
	pid = next();
	if (pid == 0)
		mode = NONE;
	return pid;
}

int
pthread_create(
    pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *data)
{
	int code = fault(START);

	NEXT(pthread_create);
	return code != 0 ? code : next(thread, how, run, data);
}

int
execvp(const char *file, char *const argv[])
{
	NEXT(execvp);
	FAIL_IF(fault(EXEC));
	return next(file, argv);
}

/* Descriptors. */

static int
made_pipe(int got, const int ends[2])
{
	for (int i = 0; got == 0 && i < 2; i++)
		if (ends[i] < 1024)
			own_pipe[ends[i]] = true;
	return got;
}

int
pipe2(int ends[2], int flags)
{
	NEXT(pipe2);
	FAIL_IF(fault(PIPE));
	return made_pipe(next(ends, flags), ends);
}

int
pipe(int ends[2])
{
	NEXT(pipe);
	FAIL_IF(fault(PIPE));
	return made_pipe(next(ends), ends);
}

/* Only another end of a FIFO is waited for. */
static int
fault_open(const void *caller, const char *path, int flags)
{
	struct stat st;

	if (mode < SHORT)
		return fault(OPEN);
	if (mode != EINTR_MODE || (flags & O_NONBLOCK) != 0 || stat(path, &st) < 0 ||
	    !S_ISFIFO(st.st_mode))
		return 0;
	return fault_slow(OPEN, caller, -1, -1);
}

#define WITH_MODE(flags, rights)                                                         \
	mode_t rights = 0;                                                               \
	if (((flags)&O_CREAT) != 0 || ((flags)&O_TMPFILE) == O_TMPFILE) {                \
		va_list args;                                                            \
		va_start(args, flags);                                                   \
		rights = va_arg(args, mode_t);                                           \
		va_end(args);                                                            \
	}

int
open(const char *path, int flags, ...)
{
	WITH_MODE(flags, rights);
	NEXT(open);
	FAIL_IF(fault_open(CALLER, path, flags));
	return next(path, flags, rights);
}

int
open64(const char *path, int flags, ...)
{
	WITH_MODE(flags, rights);
	NEXT(open64);
	FAIL_IF(fault_open(CALLER, path, flags));
	return next(path, flags, rights);
}

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);

int
__open_2(const char *path, int flags)
{
	NEXT(__open_2);
	FAIL_IF(fault_open(CALLER, path, flags));
	return next(path, flags);
}

int
__open64_2(const char *path, int flags)
{
	NEXT(__open64_2);
	FAIL_IF(fault_open(CALLER, path, flags));
	return next(path, flags);
}

int
openat(int folder, const char *path, int flags, ...)
{
	WITH_MODE(flags, rights);
	NEXT(openat);
	FAIL_IF(fault(OPEN));
	return next(folder, path, flags, rights);
}

FILE *
fopen(const char *path, const char *how)
{
	NEXT(fopen);
	FAIL_NULL_IF(fault(OPEN));
	return next(path, how);
}

DIR *
opendir(const char *path)
{
	NEXT(opendir);
	FAIL_NULL_IF(fault(OPEN));
	return next(path);
}

int
mkstemp(char *path)
{
	NEXT(mkstemp);
	FAIL_IF(fault(OPEN));
	return next(path);
}

int
dup(int fd)
{
	NEXT(dup);
	FAIL_IF(fault(OPEN));
	return next(fd);
}

int
epoll_create1(int flags)
{
	NEXT(epoll_create1);
	FAIL_IF(fault(OPEN));
	return next(flags);
}

int
fcntl(int fd, int what, ...)
{
	enum call call = what == F_SETPIPE_SZ ? SIZE
	    : what == F_SETLK || what == F_SETLKW || what == F_OFD_SETLK ||
		what == F_OFD_SETLKW
	    ? LOCK
	    : what == F_DUPFD || what == F_DUPFD_CLOEXEC ? OPEN
							 : NEVER;
	va_list args;
	void *value;

	NEXT(fcntl);
	va_start(args, what);
	value = va_arg(args, void *);
	va_end(args);
	FAIL_IF(call == NEVER ? 0 : fault(call));
	return next(fd, what, value);
}

int
close(int fd)
{
	int got;

	NEXT(close);
	if (fd >= 0 && fd < 1024 && !in_child)
		own_pipe[fd] = false;
	got = next(fd);
	FAIL_IF(fd < 0 ? 0 : fault(CLOSE));
	return got;
}

int
fclose(FILE *file)
{
	int got;

	NEXT(fclose);
	got = next(file);
	FAIL_IF(fault(CLOSE));
	return got;
}

int
socket(int family, int type, int protocol)
{
	NEXT(socket);
	FAIL_IF(fault(SOCKET));
	return next(family, type, protocol);
}

int
connect(int fd, const struct sockaddr *to, socklen_t size)
{
	NEXT(connect);
	FAIL_IF(fault(SOCKET));
	return next(fd, to, size);
}

int
getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
	NEXT(getsockopt);
	FAIL_IF(fault(SOCKET));
	return next(fd, level, name, value, size);
}

int
setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
	NEXT(setsockopt);
	FAIL_IF(fault(SOCKET));
	return next(fd, level, name, value, size);
}

/* Files. */

#define SIMPLE(kind, name, parameters, arguments)                                        \
	int name parameters                                                              \
	{                                                                                \
		NEXT(name);                                                              \
		FAIL_IF(fault(kind));                                                    \
		return next arguments;                                                   \
	}

SIMPLE(SYNC, fsync, (int fd), (fd))
SIMPLE(SYNC, fdatasync, (int fd), (fd))
SIMPLE(RENAME, rename, (const char *from, const char *to), (from, to))
SIMPLE(RENAME, renameat, (int in, const char *from, int into, const char *to),
    (in, from, into, to))
SIMPLE(RENAME, link, (const char *from, const char *to), (from, to))
SIMPLE(LENGTH, ftruncate, (int fd, off_t len), (fd, len))
SIMPLE(LENGTH, ftruncate64, (int fd, off64_t len), (fd, len))
SIMPLE(STAT, fstat, (int fd, struct stat *st), (fd, st))
SIMPLE(STAT, lstat, (const char *path, struct stat *st), (path, st))
SIMPLE(STAT, fstatat, (int in, const char *path, struct stat *st, int flags),
    (in, path, st, flags))
SIMPLE(STAT, statvfs, (const char *path, struct statvfs *st), (path, st))
SIMPLE(STAT, access, (const char *path, int how), (path, how))
SIMPLE(UNLINK, unlink, (const char *path), (path))
SIMPLE(UNLINK, unlinkat, (int in, const char *path, int flags), (in, path, flags))
SIMPLE(MAKE, mkdir, (const char *path, mode_t rights), (path, rights))
SIMPLE(MAKE, mkfifo, (const char *path, mode_t rights), (path, rights))
SIMPLE(MAP, mprotect, (void *place, size_t len, int rights), (place, len, rights))
SIMPLE(LIMIT, getrlimit, (__rlimit_resource_t what, struct rlimit *limit), (what, limit))
SIMPLE(LIMIT, setrlimit, (__rlimit_resource_t what, const struct rlimit *limit),
    (what, limit))
SIMPLE(
    LIMIT, sched_getaffinity, (pid_t pid, size_t size, cpu_set_t *set), (pid, size, set))

int
stat(const char *path, struct stat *st)
{
	NEXT(stat);
	FAIL_IF(mode < SHORT ? fault(STAT) : 0);
	return next(path, st);
}

ssize_t
readlink(const char *path, char *text, size_t size)
{
	NEXT(readlink);
	FAIL_IF(fault(STAT));
	return next(path, text, size);
}

/* Libraries end the program where there is no chance. */
int
getentropy(void *data, size_t len)
{
	NEXT(getentropy);
	FAIL_IF(of_program(CALLER) ? fault(CHANCE) : 0);
	return next(data, len);
}

ssize_t
getrandom(void *data, size_t len, unsigned flags)
{
	NEXT(getrandom);
	FAIL_IF(of_program(CALLER) ? fault(CHANCE) : 0);
	return next(data, len, flags);
}

int
fallocate(int fd, int how, off_t from, off_t len)
{
	NEXT(fallocate);
	FAIL_IF(fault(LENGTH));
	return next(fd, how, from, len);
}

int
posix_fallocate(int fd, off_t from, off_t len)
{
	int code = fault(LENGTH);

	NEXT(posix_fallocate);
	return code != 0 ? code : next(fd, from, len);
}

off_t
lseek(int fd, off_t to, int from)
{
	NEXT(lseek);
	FAIL_IF(fault(SEEK));
	return next(fd, to, from);
}

struct dirent *
readdir(DIR *folder)
{
	NEXT(readdir);
	FAIL_NULL_IF(fault(LIST));
	return next(folder);
}

void *
mmap(void *place, size_t len, int rights, int flags, int fd, off_t from)
{
	int code = fault(MAP);

	NEXT(mmap);
	if (code == 0)
		return next(place, len, rights, flags, fd, from);
	errno = code;
	return MAP_FAILED;
}
