/* SPDX-License-Identifier: ISC */
/*
 * disk - room on a disk that may be full, set aside before a file is used in ways that
 * do not bear its end: written to as memory, or begun and never mended.
 */
#ifndef PAR_DISK_H
#define PAR_DISK_H

#include <sys/types.h>

enum disk_length {
	DISK_KEEP, /* the file stays as long as it is */
	DISK_GROW /* it is size bytes long, at least */
};

/*
 * Set room aside for the first size bytes of the file at path, which is made for this
 * user alone if it is not there.  0, or -1 with errno; 0, too, where the file system
 * cannot do it.
 */
int disk_reserve(const char *path, off_t size, enum disk_length length);

/*
 * Have room on the disk for bytes from to size of a file, which has none yet: with zeros
 * where the file system, or the system, can do no better.  0, or an error number.
 */
int disk_grow(int fd, off_t from, off_t size);

/*
 * What a failed write at path is to be called: ENOSPC if the disk is full and error is
 * EIO, as LMDB has it when only part was written; else error.
 */
int disk_error(const char *path, int error);

#endif
