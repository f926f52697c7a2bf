/* SPDX-License-Identifier: ISC */
/*
 * errors - what other processes write to standard error, each through a pipe of its own,
 * on its way to ours: by whole lines, so that no line has words of two of them.
 *
 * Nothing here waits for the reader of ours, but for errors_close(), as long as struct
 * says lets it: who writes more than that takes is stopped by a full pipe, and nobody
 * else.
 *
 * A line that is too long for memory is passed on in parts, and others wait for its end,
 * for a while: then they have a line of their own, and what is left of it has one, too.
 * On a terminal a text that goes on for long without a newline is passed on as it is,
 * since somebody may have to read it: a prompt, or how far something is.
 *
 * Or all of it is buffered until the process has ended, and is the caller's to pass on
 * then; or for a while, see errors_let_go().
 */
#ifndef PAR_ERRORS_H
#define PAR_ERRORS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffered.h"
#include "says.h"
#include "tagged.h"

/* How what comes is dealt with.  All zero: it is passed on as it is. */
struct errors_way {
	bool together; /* it is buffered, as long as there is room, */
	uint64_t until; /* and until then, clock_ms(); 0: until its process has ended */
	struct tagged tagged; /* the text that stands before each line */
	/* Hears what comes, before anything is done with it; or NULL. */
	void (*copy)(void *context, const char *data, size_t len);
	void *context;
};

struct errors {
	const struct says *says; /* who passes it on */
	int fd; /* our end of the pipe; -1: there is none */
	char *data; /* what came and was not passed on: from start to end, */
	size_t start, end, size;
	size_t whole; /* so many bytes of it in whole lines */
	uint64_t since; /* clock_ms() when the first of what comes after these came */
	bool stuck; /* ours takes nothing now */
	struct errors_way way; /* set by the caller before errors_open() */
	struct buffered
	    buffered; /* what is together, all of it with its newlines once it ended */
	char last[1024]; /* the line that came last of this process, cut short, */
	size_t last_len; /* its length, */
	bool last_goes_on; /* and no newline came after it */
	struct errors *next; /* of all that are open */
	bool listed;
};

/* One with no pipe. */
void errors_init(struct errors *errors, const struct says *says);

/*
 * Before it gets a pipe, in fd, which is its own then and does not block.  What came from
 * another process before, and was not passed on, stays.  0, or -1 without memory.
 */
int errors_open(struct errors *errors);

/* Is there something that was not passed on? */
static inline bool
errors_wait(const struct errors *errors)
{
	return errors->start < errors->end ||
	    (buffered_bytes(&errors->buffered) > 0 &&
		(!errors->way.together || errors->way.until != 0));
}

/* What to wait for, until errors_take() has something to do; */
struct pollfd errors_poll(const struct errors *errors);

/* or it has anyway: clock_ms(), or UINT64_MAX. */
uint64_t errors_due(const struct errors *errors);

/*
 * Take what has come, at most about as much as a pipe holds, and pass on what may go.
 */
void errors_take(struct errors *errors);

/*
 * The process has ended: take all that it wrote, close the pipe, and give a last line its
 * newline.  What cannot be passed on now stays.  What was buffered is the caller's to
 * take then; else errors_close() passes it on.
 */
void errors_end(struct errors *errors);

/* Buffer nothing any more: what was buffered is passed on now, or by errors_take(). */
void errors_let_go(struct errors *errors);

/* How long it is, bytes. */
static inline uint64_t
errors_buffered(const struct errors *errors)
{
	return buffered_bytes(&errors->buffered);
}

/* Pass on all that there is and was buffered, waiting for our reader. */
void errors_pass_on(struct errors *errors);

/* As errors_end(); wait until all is passed on, and free what it has. */
void errors_close(struct errors *errors);

/* Close all that are open: for atexit(3). */
void errors_close_all(void);

#endif
