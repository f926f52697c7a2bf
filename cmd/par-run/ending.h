/* SPDX-License-Identifier: ISC */
/*
 * ending - why the run cannot go on.  Who finds out says it here, and returns; the loop
 * sees it, ends the workers and tells of it.  The first reason counts.
 */
#ifndef PAR_RUN_ENDING_H
#define PAR_RUN_ENDING_H

#include <stdbool.h>

enum { ENDING_TEXT = 4096 + 256 }; /* room for a path and more, bytes */

enum ending_kind {
	ENDING_NONE, /* it goes on */
	ENDING_BROKEN, /* something failed: STATUS_BROKEN */
	ENDING_NO_READER, /* of our output: SIGPIPE, without a word */
	ENDING_NO_START, /* the command cannot be started */
	ENDING_NEVER, /* the command breaks the rules: it can never work */
	ENDING_NO_MAP, /* it breaks the rule of --map: likewise */
	ENDING_MISUSE /* the command is not one that an option is for */
};

/* All zero but for text: it goes on. */
struct ending {
	enum ending_kind kind;
	int error; /* errno, or 0 */
	const char *what; /* failed; valid as long as this, or */
	char *text; /* if that is NULL, in words; room for ENDING_TEXT, the caller's */
};

static inline bool
ending_near(const struct ending *ending)
{
	return ending->kind != ENDING_NONE;
}

/* By error, or 0; what: as in struct ending.  Returns -1, for who returns that, too. */
int ending_add(struct ending *ending, enum ending_kind kind, int error, const char *what);

/* The run ends with ENDING_BROKEN, for want of what. */
int ending_broken(struct ending *ending, int error, const char *what);

/* Our output, of that name, cannot be written. */
int ending_output(struct ending *ending, int error, const char *name);

/* In words that are made for it, cut short where there are too many. */
int ending_say(struct ending *ending, enum ending_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
