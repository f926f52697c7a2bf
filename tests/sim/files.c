/* SPDX-License-Identifier: ISC */
/*
 * Calls on names of files, as the supervisor makes them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "calls.h"
#include "dice.h"
#include "kernel.h"
#include "plan.h"
#include "real.h"
#include "scene.h"
#include "shortage.h"
#include "trace.h"
#include "world.h"

static int
fails(int error)
{
	errno = error;
	return -1;
}

/* A pipe that is open, once more, by a name like /dev/fd/1; NULL if that is none. */
static struct opening *
open_again(const char *path, int flags)
{
	static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		size_t len = strlen(folders[i]);
		struct opening *old;

		if (strncmp(path, folders[i], len) != 0)
			continue;
		old = table_get(atoi(path + len));
		if (old == NULL || old->conduit == NULL)
			return NULL;
		return kernel_open_conduit(old->conduit,
		    (flags & O_ACCMODE) == O_RDONLY ? OPENING_READS : OPENING_WRITES);
	}
	return NULL;
}

static struct opening *
open_fifo(struct disk_file *file, int flags)
{
	bool reads = (flags & O_ACCMODE) == O_RDONLY;

	if (!reads && scene_fifo(file)->readers == 0) {
		errno = ENXIO;
		return NULL;
	}
	return kernel_open_conduit(
	    scene_fifo(file), reads ? OPENING_READS : OPENING_WRITES);
}

static struct opening *
open_name(const char *path, int flags)
{
	struct disk_file *file = disk_find(path);
	struct opening *opening;

	if (file != NULL && (flags & O_CREAT) != 0 && (flags & O_EXCL) != 0) {
		errno = EEXIST;
		return NULL;
	}
	if (file == NULL && (flags & O_CREAT) == 0) {
		errno = ENOENT;
		return NULL;
	}
	if (file == NULL)
		file = shortage_of_whole(0) ? NULL : disk_make(path);
	if (file == NULL) {
		errno = ENOSPC;
		return NULL;
	}
	if (file->fifo)
		return open_fifo(file, flags);
	if ((flags & O_TRUNC) != 0)
		disk_size(file, 0);
	opening = kernel_open_file(file);
	opening->appends = (flags & O_APPEND) != 0;
	return opening;
}

static int
open_any(const char *path, int flags)
{
	struct opening *opening = NULL;
	struct disk_file *file;

	world_tick();
	if ((flags & O_TMPFILE) == O_TMPFILE) {
		file = shortage_of_whole(0) ? NULL : disk_make("");
		if (file != NULL)
			opening = kernel_open_file(file);
		errno = ENOSPC;
	} else if (strcmp(path, "/dev/null") == 0 || (flags & O_DIRECTORY) != 0) {
		opening = kernel_open_nothing();
	} else if (strncmp(path, "/dev/fd/", 8) == 0 || strncmp(path, "/proc/", 6) == 0) {
		errno = ENOENT;
		opening = open_again(path, flags);
	} else {
		opening = open_name(path, flags);
	}
	if (opening == NULL)
		return -1;
	opening->nonblocking = (flags & O_NONBLOCK) != 0;
	return table_add(kernel_table, opening, (flags & O_CLOEXEC) != 0, 0);
}

int
__wrap_open(const char *path, int flags, ...)
{
	return open_any(path, flags);
}

int
__wrap___open_2(const char *path, int flags)
{
	return open_any(path, flags);
}

int
__wrap_openat(int folder, const char *path, int flags, ...)
{
	(void)folder;
	return open_any(path, flags);
}

static void
describe(const struct disk_file *file, struct stat *st)
{
	*st = (struct stat){ .st_dev = 1,
		.st_ino = file->number,
		.st_size = (off_t)file->size,
		.st_uid = geteuid(),
		.st_nlink = 1,
		.st_mode = (file->fifo ? S_IFIFO : S_IFREG) | 0600,
		.st_mtim = { .tv_sec = (time_t)(file->changed / 1000000000),
		    .tv_nsec = (long)(file->changed % 1000000000) } };
	st->st_ctim = st->st_mtim;
}

static mode_t
type_of(const struct opening *opening)
{
	if (opening->conduit == NULL)
		return S_IFCHR;
	return opening->conduit->socket ? S_IFSOCK : S_IFIFO;
}

int
__wrap_fstat(int fd, struct stat *st)
{
	struct opening *opening = table_get(fd);

	if (opening == NULL)
		return -1;
	if (opening->kind == OPENING_FILE)
		describe(opening->file, st);
	else
		*st = (struct stat){ .st_dev = 2,
			.st_ino = (ino_t)fd + 1000,
			.st_uid = geteuid(),
			.st_mode = type_of(opening) | 0600 };
	return 0;
}

int
__wrap_stat(const char *path, struct stat *st)
{
	const struct disk_file *file = disk_find(path);

	if (strcmp(path, ".") == 0) {
		*st = (struct stat){ .st_dev = 1, .st_ino = 1, .st_mode = S_IFDIR };
		return 0;
	}
	if (file == NULL)
		return fails(ENOENT);
	describe(file, st);
	return 0;
}

int
__wrap_lstat(const char *path, struct stat *st)
{
	return __wrap_stat(path, st);
}

int
__wrap_fstatat(int folder, const char *path, struct stat *st, int flags)
{
	(void)folder, (void)flags;
	return __wrap_stat(path, st);
}

int
__wrap_access(const char *path, int mode)
{
	(void)mode;
	return disk_find(path) == NULL ? fails(ENOENT) : 0;
}

int
__wrap_unlink(const char *path)
{
	struct disk_file *file = disk_find(path);

	world_tick();
	if (file == NULL)
		return fails(ENOENT);
	file->name[0] = '\0';
	disk_drop(file);
	return 0;
}

int
__wrap_unlinkat(int folder, const char *path, int flags)
{
	(void)folder, (void)flags;
	return __wrap_unlink(path);
}

int
__wrap_rename(const char *from, const char *to)
{
	struct disk_file *file = disk_find(from), *old = disk_find(to);

	world_tick();
	if (file == NULL)
		return fails(ENOENT);
	if (old != NULL && old != file)
		__wrap_unlink(to);
	snprintf(file->name, sizeof(file->name), "%s", to);
	return 0;
}

/* A file has one name here: the first is taken away at once, as its owner will. */
int
__wrap_link(const char *from, const char *to)
{
	return disk_find(to) != NULL ? fails(EEXIST) : __wrap_rename(from, to);
}

int
__wrap_mkfifo(const char *path, mode_t mode)
{
	struct disk_file *file;

	(void)mode;
	if (disk_find(path) != NULL)
		return fails(EEXIST);
	file = disk_make(path);
	if (file == NULL)
		return fails(ENOSPC);
	file->fifo = true;
	return 0;
}

int
__wrap_mkstemp(char *path)
{
	(void)path;
	return fails(ENOSPC);
}

int
__wrap_fsync(int fd)
{
	return table_get(fd) == NULL ? -1 : 0;
}

int
__wrap_fdatasync(int fd)
{
	return table_get(fd) == NULL ? -1 : 0;
}

int
__wrap_flock(int fd, int operation)
{
	(void)operation;
	return table_get(fd) == NULL ? -1 : 0;
}

ssize_t
__wrap_readlink(const char *path, char *text, size_t size)
{
	(void)path, (void)text, (void)size;
	return fails(ENOENT);
}

/* No folder is looked into: what was left in one that is killed stays. */
DIR *
__wrap_opendir(const char *path)
{
	(void)path;
	errno = ENOENT;
	return NULL;
}

FILE *
__wrap_fopen(const char *path, const char *mode)
{
	(void)path, (void)mode;
	errno = ENOENT;
	return NULL;
}

/* A file that is mapped to have its room is memory, which MADV_DONTNEED leaves as it is.
 */
void *
__wrap_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
	if (fd >= 0)
		flags = (flags & ~MAP_PRIVATE) | MAP_SHARED | MAP_ANONYMOUS;
	return __real_mmap(at, size, protection, flags, -1, fd >= 0 ? 0 : offset);
}

int
__wrap_getentropy(void *data, size_t len)
{
	static uint64_t count;
	struct dice dice = dice_for(plan.seed, "entropy", ++count + 1000 * shared->lives);
	unsigned char *bytes = data;

	for (size_t i = 0; i < len; i++)
		bytes[i] = (unsigned char)dice_roll(&dice);
	return 0;
}

int
__wrap_setrlimit(int resource, const struct rlimit *limit)
{
	(void)resource, (void)limit;
	return 0;
}
