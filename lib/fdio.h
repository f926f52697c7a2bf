/* SPDX-License-Identifier: ISC */
/*
 * fdio - descriptors: reading and writing that minds EINTR and EAGAIN.
 *
 * A descriptor that somebody else made non-blocking is waited for by poll(2).
 * All return -1 with errno on error, and leave closing to the caller.
 */
#ifndef PAR_FDIO_H
#define PAR_FDIO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/*
 * Give descriptors 0, 1 and 2 something to stand for when they came closed, so
 * that no file or pipe opened later is taken for one of them.  A closed one is
 * opened the wrong way round, so that using it is an error and not silence.
 */
int fdio_reserve_standard(void);

/* One read, waited for; 0 at the end of input. */
ssize_t fdio_read(int fd, void *buffer, size_t size);

/* All of it. */
int fdio_write(int fd, const void *data, size_t len);

/* All of count parts; changes iov. */
int fdio_writev(int fd, struct iovec *iov, int count);

/* One writev(2) that does not wait: how many bytes fd took, 0 if it takes none now. */
ssize_t fdio_writev_now(int fd, const struct iovec *iov, int count);

/*
 * If fd is a regular file, have it end after len bytes, and go on there; 0 for what is
 * none.  Links to it, its mode and those who follow it stay as they are.
 */
int fdio_cut(int fd, uint64_t len);

int fdio_cloexec(int fd);
int fdio_nonblocking(int fd);

/* pipe(2), both ends close-on-exec. */
int fdio_pipe(int ends[2]);

/*
 * Ask for a pipe buffer of about size bytes, where the system can; what it
 * holds then, or a guess.  Harmless for what is not a pipe.
 */
size_t fdio_pipe_size(int fd, size_t size);

#endif
