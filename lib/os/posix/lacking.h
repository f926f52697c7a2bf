/* SPDX-License-Identifier: ISC */
/*
 * lacking - what all code uses, and one system or another has not, or elsewhere: the
 * compiler reads this before each file (-include), so that no other asks which system it
 * is.
 */
#ifndef PAR_LACKING_H
#define PAR_LACKING_H

/* Few headers: their names are in the way of those of a file that does without. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

extern char **environ; /* declared by glibc alone */

/* macOS has none. */
static inline void *
lacking_memrchr(const void *data, int byte, size_t len)
{
	const unsigned char *at = data;

	while (len > 0)
		if (at[--len] == (unsigned char)byte)
			return (void *)(uintptr_t)(at + len);
	return NULL;
}
#define memrchr lacking_memrchr

#ifdef __APPLE__
#include <fcntl.h>
#include <sys/random.h> /* getentropy(2) */
#include <sys/stat.h>
#include <unistd.h>

#define st_mtim st_mtimespec
#define st_ctim st_ctimespec

/* fsync(2) leaves it in the disk's own memory. */
static inline int
lacking_sync(int fd)
{
	return fcntl(fd, F_FULLFSYNC) == 0 ? 0 : fsync(fd);
}
#define fdatasync lacking_sync
#define fsync lacking_sync
#endif

#if defined(__APPLE__) || defined(__OpenBSD__)
#include <errno.h>
#include <sys/types.h>

static inline int
posix_fallocate(int fd, off_t at, off_t len)
{
	(void)fd, (void)at, (void)len;
	return EOPNOTSUPP;
}
#endif

#endif
