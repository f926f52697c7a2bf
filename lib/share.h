/* SPDX-License-Identifier: ISC */
/*
 * share - the lock by which writers of one pipe or FIFO keep their records whole.
 *
 * Each of them holds an exclusive flock(2) on it from the first byte of a record to
 * the newline at its end: see par-record(5).  Other files need none, and are not
 * locked: all calls do nothing then.
 */
#ifndef PAR_SHARE_H
#define PAR_SHARE_H

#include <stdbool.h>

#include "says.h"

/* How long to wait, in milliseconds, before trying again where share_try() failed. */
enum { SHARE_PAUSE = 2 };

/* All zero is one for a file that is not shared. */
struct share {
	int fd; /* our own description of the file, to be locked */
	bool on; /* it is a pipe or FIFO */
	bool ours; /* fd is to be closed */
	bool locked;
	bool cut; /* the last byte written was no newline: others have to wait */
	bool refused; /* by the last share_try() */
	const struct says *says; /* hears that it cannot be locked */
};

/* Share fd, which stays the caller's, with all others that write to it. */
void share_open(struct share *share, int fd, const struct says *says);
void share_close(struct share *share);

/* Before writing: keep others away, and wait for them; or tell if they are there. */
void share_wait(struct share *share);
bool share_try(struct share *share);

/* Bytes were written, of which last is the last one. */
static inline void
share_wrote(struct share *share, char last)
{
	share->cut = last != '\n';
}

/* Let others write, unless the last record is not whole yet. */
void share_leave(struct share *share);

#endif
