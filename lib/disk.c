/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "disk.h"

/* 0, or an error number. */
static int
reserve(int fd, off_t size, enum disk_length length)
{
	struct stat about;

	if (fstat(fd, &about) < 0)
		return errno;
	if (about.st_size >= size && (off_t)about.st_blocks * 512 >= size)
		return 0;
	if (length == DISK_GROW)
		return posix_fallocate(fd, 0, size);
#ifdef FALLOC_FL_KEEP_SIZE
	return fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, size) < 0 ? errno : 0;
#else
	return 0;
#endif
}

int
disk_reserve(const char *path, off_t size, enum disk_length length)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), error;

	if (fd < 0)
		return -1;
	error = reserve(fd, size, length);
	close(fd);
	if (error == 0 || error == EINVAL || error == EOPNOTSUPP || error == ENOSYS)
		return 0;
	errno = error;
	return -1;
}

int
disk_error(const char *path, int error)
{
	struct statvfs about;

	return error == EIO && statvfs(path, &about) == 0 && about.f_bavail == 0 ? ENOSPC
										 : error;
}
