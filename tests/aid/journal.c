/* SPDX-License-Identifier: ISC */
/*
 * Preloaded: what a program does to files is written to the file JOURNAL, a line for each
 * call in its order, for power-cut.py.  JOURNAL_IN is the name of the program.  Its clock
 * moves by a millisecond each time that it is looked at, so that it saves often.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static FILE *journal;

__attribute__((constructor)) static void
begin(void)
{
	const char *in = getenv("JOURNAL_IN"), *path = getenv("JOURNAL");

	if (in != NULL && path != NULL && strcmp(in, program_invocation_short_name) == 0)
		journal = fopen(path, "we");
}

/* Is it a file, or a folder, and which? */
static int
is_kind(int fd, mode_t kind, unsigned long long *inode)
{
	struct stat about;

	if (journal == NULL || fstat(fd, &about) < 0 || (about.st_mode & S_IFMT) != kind)
		return 0;
	*inode = about.st_ino;
	return 1;
}

/* n bytes were written at the place where fd is now: say which. */
static void
wrote(int fd, ssize_t n)
{
	unsigned long long inode;
	unsigned char data[65536];
	char path[64];
	off_t at;
	int back;

	if (n <= 0 || !is_kind(fd, S_IFREG, &inode))
		return;
	at = lseek(fd, 0, SEEK_CUR) - n;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	back = REAL(open)(path, O_RDONLY | O_CLOEXEC);
	fprintf(journal, "write %llu %lld ", inode, (long long)at);
	while (n > 0) {
		ssize_t got = pread(back, data, n < 65536 ? (size_t)n : 65536, at);

		if (got <= 0)
			abort();
		for (ssize_t i = 0; i < got; i++)
			fprintf(journal, "%02x", data[i]);
		at += got;
		n -= got;
	}
	fprintf(journal, "\n");
	fflush(journal);
	close(back);
}

static void
say(const char *what, const char *from, const char *to)
{
	if (journal == NULL)
		return;
	fprintf(journal, "%s %s %s\n", what, from, to);
	fflush(journal);
}

static void
opened(int fd, const char *path, int flags, int was_there)
{
	unsigned long long inode;

	if (fd < 0 || (flags & O_ACCMODE) == O_RDONLY || !is_kind(fd, S_IFREG, &inode))
		return;
	fprintf(journal, "%s %llu %s\n", was_there ? "open" : "create", inode, path);
	fflush(journal);
}

int
open(const char *path, int flags, ...)
{
	int was_there = access(path, F_OK) == 0, fd, error;
	mode_t mode = 0;
	va_list more;

	va_start(more, flags);
	if ((flags & O_CREAT) != 0)
		mode = va_arg(more, mode_t);
	va_end(more);
	fd = REAL(open)(path, flags, mode);
	error = errno;
	opened(fd, path, flags, was_there);
	errno = error;
	return fd;
}

ssize_t
write(int fd, const void *data, size_t len)
{
	ssize_t n = REAL(write)(fd, data, len);
	int error = errno;

	wrote(fd, n);
	errno = error;
	return n;
}

ssize_t
writev(int fd, const struct iovec *parts, int count)
{
	ssize_t n = REAL(writev)(fd, parts, count);
	int error = errno;

	wrote(fd, n);
	errno = error;
	return n;
}

ssize_t
splice(int in, off_t *in_at, int out, off_t *out_at, size_t len, unsigned flags)
{
	ssize_t n = REAL(splice)(in, in_at, out, out_at, len, flags);
	int error = errno;

	wrote(out, n);
	errno = error;
	return n;
}

int
ftruncate(int fd, off_t size)
{
	unsigned long long inode;
	int got = REAL(ftruncate)(fd, size);

	if (got == 0 && is_kind(fd, S_IFREG, &inode)) {
		fprintf(journal, "cut %llu %lld\n", inode, (long long)size);
		fflush(journal);
	}
	return got;
}

static void
synced(int fd, int got)
{
	unsigned long long inode;

	if (got == 0 && is_kind(fd, S_IFREG, &inode))
		fprintf(journal, "sync %llu\n", inode);
	else if (got == 0 && is_kind(fd, S_IFDIR, &inode))
		fprintf(journal, "folder\n");
	if (journal != NULL)
		fflush(journal);
}

int
fsync(int fd)
{
	int got = REAL(fsync)(fd);

	synced(fd, got);
	return got;
}

int
fdatasync(int fd)
{
	int got = REAL(fdatasync)(fd);

	synced(fd, got);
	return got;
}

int
rename(const char *from, const char *to)
{
	int got = REAL(rename)(from, to);

	if (got == 0)
		say("rename", from, to);
	return got;
}

int
link(const char *from, const char *to)
{
	int got = REAL(link)(from, to);

	if (got == 0)
		say("link", from, to);
	return got;
}

int
unlink(const char *path)
{
	int got = REAL(unlink)(path);

	if (got == 0)
		say("unlink", path, "");
	return got;
}

int
clock_gettime(clockid_t id, struct timespec *out)
{
	static long long now;

	if (journal == NULL || id != CLOCK_MONOTONIC)
		return REAL(clock_gettime)(id, out);
	now++;
	*out = (struct timespec){ .tv_sec = 1 + now / 1000, .tv_nsec = now % 1000 * 1000000 };
	return 0;
}
