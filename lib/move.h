/* SPDX-License-Identifier: ISC */
/*
 * move - bytes from a pipe to another descriptor, by splice(2) where there is
 * one and it pays, else through a buffer.
 */
#ifndef PAR_MOVE_H
#define PAR_MOVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "fdio.h"

/* What is less goes through a buffer: crumbs would fill the slots of a pipe. */
enum { MOVE_FROM = 16 << 10 };

/*
 * Move some of len bytes, which the pipe from holds already.  How many, or 0 if it cannot
 * be done without a buffer, or without waiting, as of a socket that blocks; or -1 with
 * errno: of writing, EAGAIN when to takes none now, or ENODATA when from holds none.
 */
ssize_t move_some(int from, struct fdio_sink to, size_t len);

/*
 * Sees the bytes of a pipe, and takes none.  Begins with descriptors of -1; opened when
 * it is first used.
 */
struct move_eye {
	int in, out; /* a pipe, for the same pages again */
	int nowhere; /* where bytes vanish */
	size_t left; /* so many are in the pipe */
	unsigned char *bytes; /* those before, from start to end */
	size_t start, end;
};

/* The byte at place at, or -1 if move_look() has to go on for it. */
static inline int
move_glance(struct move_eye *eye, size_t at)
{
	if (at >= eye->end - eye->start)
		return -1;
	eye->start += at + 1;
	return eye->bytes[eye->start - 1];
}

/* How many bytes are seen. */
static inline size_t
move_seen(const struct move_eye *eye)
{
	return eye->end - eye->start + eye->left;
}

/*
 * See what the pipe from holds, and no longer what was seen before.  0, or -1 where that
 * cannot be done.
 */
int move_see(struct move_eye *eye, int from);

/*
 * The byte at place at of what is seen, at < move_seen(); it and those before are seen no
 * more.  From 0 to 255, or -1 when that went wrong: nothing is seen then.
 */
int move_look(struct move_eye *eye, size_t at);

/*
 * Look at the next len bytes of what is seen, len of at least 1: is a NUL among them?
 * The last of them, or -1 as above.
 */
int move_scan(struct move_eye *eye, size_t len, bool *nul);

void move_eye_close(struct move_eye *eye);

/* More than a pipe holds, as a rule. */
enum { MOVE_SOME = 4 << 20 };

/*
 * How many bytes the pipe fd holds, at either end; MOVE_SOME: there are some, and the
 * system does not tell how many.
 */
size_t move_pending(int fd);

/* Does it tell at the end that is written to, too? */
bool move_writer_tells(void);

/*
 * How many newlines are among them, of a pipe that fd writes to; they stay.  0 where the
 * system cannot tell.
 */
uint64_t move_pending_lines(int fd);

#endif
