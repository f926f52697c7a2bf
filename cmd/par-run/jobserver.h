/* SPDX-License-Identifier: ISC */
/*
 * jobserver - processors shared with make(1), and with all that it or we start: a pipe
 * with a byte, a token, for each job that may run beside the one that everybody has.
 *
 * The pipe is another's, named by MAKEFLAGS, or made here and named there.  What is taken
 * is given back, the same byte; nothing here waits.
 */
#ifndef PAR_RUN_JOBSERVER_H
#define PAR_RUN_JOBSERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JOBSERVER_MOST = 4096 }; /* tokens */

enum jobserver_how {
	JOBSERVER_JOIN, /* that of MAKEFLAGS, if there is one */
	JOBSERVER_NONE,
	JOBSERVER_FIFO, /* a new one, by the name of a FIFO; */
	JOBSERVER_PIPE /* or by the descriptors of a pipe */
};

/* Read join, none, fifo or pipe into an enum jobserver_how.  For OPT_CALL. */
const char *jobserver_read(void *how, const char *value);

/* The word of --jobserver for it. */
const char *jobserver_word(enum jobserver_how how);

/* What MAKEFLAGS says. */
struct jobserver_named {
	const char *fifo; /* of so many bytes; NULL: none is named */
	size_t len;
	int from, to; /* descriptors; -1: none are */
};

/* Which one flags name, which may be NULL, and stay the caller's: the last one counts. */
struct jobserver_named jobserver_find(const char *flags);

/* flags with that one instead, for so many jobs.  NULL without memory; to be freed. */
char *jobserver_flags(const char *flags, uint64_t jobs, const char *auth);

/* All zero: there is none, and everybody may run. */
struct jobserver {
	bool on;
	bool waits; /* a read may wait, if another takes what there is: see take */
	int from, to;
	int ends[2]; /* those that what we start has, where they are of a pipe of ours */
	char *folder, *fifo; /* names of what we made; NULL: nothing */
	size_t count; /* tokens that we have, */
	char tokens[JOBSERVER_MOST]; /* these */
};

enum { JOBSERVER_TEXT = 400 };

/*
 * Join that of MAKEFLAGS, if there is one.  False if it is of no use, and why: it is to
 * be called before other descriptors are opened, which could be taken for its own.
 */
bool jobserver_join(struct jobserver *jobserver, char why[static JOBSERVER_TEXT]);

/*
 * Make one for so many jobs, ours among them, and have MAKEFLAGS name it.  0, or -1 with
 * errno; it is to be closed then, too.
 */
int jobserver_make(struct jobserver *jobserver, enum jobserver_how how, uint64_t jobs);

/* Take one token; false: there is none now.  When it cannot be read any more it is off.
 */
bool jobserver_take(struct jobserver *jobserver);

/* Give back all but so many. */
void jobserver_give_back(struct jobserver *jobserver, size_t count);

/* Give back all, and remove what was made.  May be called again. */
void jobserver_close(struct jobserver *jobserver);

#endif
