/* SPDX-License-Identifier: ISC */
/*
 * spoken - what is said on standard error, on its way there.
 *
 * A filter waits for who reads that, as for the reader of its output.  A program with an
 * event loop goes on, see spoken_buffer(), and what was said waits in memory, up to a
 * maximum; what is more waits as in a filter, and so does the program's end.
 *
 * None of that goes on for ever: once a signal that is caught has told the program to
 * end, its reader has a second for taking anything.  Then nobody waits for it any more,
 * and what it does not take is lost.
 */
#ifndef PAR_SPOKEN_H
#define PAR_SPOKEN_H

#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

/* The longest line of ours, and what one write(2) keeps together, bytes. */
enum {
	SPOKEN_LINE = 4096,
	SPOKEN_PORTION = PIPE_BUF < SPOKEN_LINE ? PIPE_BUF : SPOKEN_LINE
};

/*
 * From now on what cannot be written at once is buffered, until spoken_go(), or exit(3).
 * Before anything that is to be said at exit, by atexit(3).
 */
void spoken_buffer(void);

/* Is something buffered? */
bool spoken_waits(void);

/* What to wait for, until spoken_go() has something to do. */
struct pollfd spoken_poll(void);

/* Write what is buffered, as far as that goes without waiting. */
void spoken_go(void);

/* Write len bytes behind all that; lines go by whole ones. */
void spoken_put(const char *data, size_t len);

/* How much of len bytes goes at once: whole lines, or else a part of one. */
size_t spoken_portion(const char *data, size_t len);

/* Does it take SPOKEN_PORTION bytes now, or is there no use in waiting for that? */
bool spoken_takes(void);

/* Wait until it may; false: nobody waits for it any more. */
bool spoken_wait(void);

/* Write all that is buffered: the program ends. */
void spoken_end(void);

#endif
