/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "disk.h"
#include "fdio.h"
#include "os.h"

/* Was that for what the file needs, and not for the call? */
static bool
is_answer(int error)
{
	return error == 0 || error == ENOSPC || error == EDQUOT || error == EFBIG ||
	    error == EIO;
}

/* 0, or an error number. */
static int
write_zeros(int fd, off_t from, off_t size)
{
	static const char zeros[64 << 10];
	int error;

	for (error = 0; error == 0 && from < size; from += (off_t)sizeof(zeros)) {
		size_t len = sizeof(zeros);

		if (size - from < (off_t)len)
			len = (size_t)(size - from);
		if (fdio_write_at(fd, zeros, len, (uint64_t)from) < 0)
			error = errno;
	}
	return error;
}

int
disk_grow(int fd, off_t from, off_t size)
{
	int error = posix_fallocate(fd, from, size - from);

	return is_answer(error) ? error : write_zeros(fd, from, size);
}

/* 0, or an error number. */
static int
reserve(int fd, off_t size, enum disk_length length)
{
	struct stat about;
	int error;

	if (fstat(fd, &about) < 0)
		return errno;
	if (about.st_size >= size && (off_t)about.st_blocks * 512 >= size)
		return 0;
	if (length == DISK_KEEP)
		return os_keep_room(fd, size);
	error = posix_fallocate(fd, 0, size);
	return is_answer(error) ? error : write_zeros(fd, about.st_size, size);
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
