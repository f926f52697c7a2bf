/* SPDX-License-Identifier: ISC */
/*
 * state - the file of --checkpoint: text with a checksum, replaced as a whole, and
 * locked for as long as somebody has it open.
 *
 * Whenever the process ends, the file is the old one or the new one; see anew.h.
 */
#ifndef PAR_RUN_STATE_H
#define PAR_RUN_STATE_H

#include <stdbool.h>
#include <stddef.h>

struct state {
	const char *path;
	int fd; /* holds the lock; -1: closed, or there is no file yet */
};

/*
 * Open path and lock it.  1 and *text, which ends in a NUL and is the caller's to
 * free; 0 if there is no such file yet; or -1 with errno: EBUSY if another process
 * has it open, EBADMSG if its checksum is wrong, and then *text is what it holds all the
 * same, or NULL.  path must stay as it is.
 */
int state_open(struct state *state, const char *path, char **text);

/*
 * Make text, len bytes, what it holds, with sync on the disk as well.  0, or -1 with
 * errno, and it is as it was: EBUSY if it was not there, and another process makes it,
 * too.
 */
int state_save(struct state *state, const char *text, size_t len, bool sync);

/* Take the file away. */
void state_remove(struct state *state);

/* Unlock it. */
void state_close(struct state *state);

#endif
