/* SPDX-License-Identifier: ISC */
/*
 * fdio - descriptors: reading and writing that minds EINTR and EAGAIN.
 *
 * A descriptor that somebody else made non-blocking is waited for by poll(2).
 * All return -1 with errno on error, and leave closing to the caller.
 */
#ifndef PAR_FDIO_H
#define PAR_FDIO_H

#include <poll.h>
#include <stdbool.h>
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

/* Is it /dev/null, as services and timers have for their input? */
bool fdio_is_null(int fd);

/* Has who read what is written there gone, by what poll(2) says?  A socket says POLLHUP.
 */
static inline bool
fdio_unread(short revents)
{
	return (revents & (POLLERR | POLLHUP)) != 0;
}

/* One read, waited for; 0 at the end of input. */
ssize_t fdio_read(int fd, void *buffer, size_t size);

/* As many from that place on; fewer than size are there only at the end of the file. */
ssize_t fdio_read_at(int fd, void *buffer, size_t size, uint64_t at);

/* All of it. */
int fdio_write(int fd, const void *data, size_t len);

/* All of it, at that place of a file. */
int fdio_write_at(int fd, const void *data, size_t len, uint64_t at);

/* All of count parts; changes iov. */
int fdio_writev(int fd, struct iovec *iov, int count);

/* Where bytes go without waiting: a descriptor, and what that is asked once. */
struct fdio_sink {
	int fd;
	bool socket; /* may block: others have a share in its flags */
};

/* False for socket, where that cannot be told. */
struct fdio_sink fdio_sink(int fd);

/*
 * One writev(2): how many bytes to took, 0 if it takes none now.  It does not wait where
 * its descriptor does not block, or is a socket.
 */
ssize_t fdio_writev_now(struct fdio_sink to, const struct iovec *iov, int count);

/*
 * If fd is a regular file, have it end after len bytes, and go on there; 0 for what is
 * none.  Links to it, its mode and those who follow it stay as they are.
 */
int fdio_cut(int fd, uint64_t len);

/*
 * Lock the file fd, open for writing, against all other processes, until it or another
 * descriptor of it is closed here; 0, or -1 with errno: EBUSY, another one has it.  No
 * child has a share in that, as it has in one of flock(2): what was killed has it no
 * more.
 */
int fdio_lock(int fd);

/*
 * Lock a new file, by that name in folder (or AT_FDCWD), which goes if nobody has a lock
 * on it.  False if another process has taken it for one that was left, before it was
 * locked.
 */
bool fdio_lock_new(int fd, int folder, const char *name);

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
