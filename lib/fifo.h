/* SPDX-License-Identifier: ISC */
/*
 * fifo - opening files that may be FIFOs, in any order and without a deadlock.
 *
 * Nothing here blocks.  A FIFO opened for reading is there at once, but until
 * poll(2) has reported it, read(2) says "end" when it means "no writer so far";
 * a FIFO opened for writing is refused until it has a reader, and tried again.
 */
#ifndef PAR_FIFO_H
#define PAR_FIFO_H

#include <stdbool.h>
#include <stdint.h>

/* Let this process have as many descriptors as the system allows it. */
void fifo_expect_many(void);

/*
 * Open path for reading, non-blocking and close-on-exec; *waits tells whether
 * it is something to poll(2) for (FIFO, terminal, socket) and no regular file.
 * The descriptor, or -1 with errno; a folder is an error at once.
 */
int fifo_open_read(const char *path, bool *waits);

/*
 * Open path for writing, non-blocking and close-on-exec, as a new regular file
 * where there is none; one that is there is emptied by fdio_cut(), when it is time
 * to.  The descriptor, or -1 with errno: ENXIO is a FIFO without a reader, to be
 * tried again after a fifo_pause().
 */
int fifo_open_write(const char *path);

/*
 * A non-blocking descriptor for the pipe or FIFO fd, which is not changed for
 * those who share it; a plain duplicate where that cannot be done.  Close-on-exec.
 */
int fifo_reopen_write(int fd);

/*
 * Reopen a descriptor that nobody shares: a socket does not block any more, either.  What
 * else is neither pipe nor socket never waits for long.
 */
int fifo_reopen_ours(int fd);

/* strerror(3), with better words for ETIME: a FIFO without another end, given up. */
const char *fifo_why(int error);

/*
 * Can fd be read at all?  0, or -1 with errno, so that it is known before an output is
 * emptied: a folder, or what is open for writing only.
 */
int fifo_check_read(int fd);

/* Does fd wait for others: is it anything but a regular file or a directory? */
bool fifo_waits(int fd);

/* Is fd a pipe or a FIFO? */
bool fifo_is(int fd);

/* How long to wait, in milliseconds, before trying again for the tries-th time. */
int fifo_pause(unsigned tries);

#endif
