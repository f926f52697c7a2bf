/* SPDX-License-Identifier: ISC */
/*
 * trouble - why a program cannot go on, as a module tells it by return, and the exit
 * statuses.  Only main() ends by it: see die_of() in diag.h.
 */
#ifndef PAR_TROUBLE_H
#define PAR_TROUBLE_H

/* The exit statuses of every tool; see par(7). */
enum status {
	STATUS_OK = 0, /* all done */
	STATUS_FAILED = 1, /* some records failed, and each was named */
	STATUS_MISUSE = 2, /* wrong usage */
	STATUS_BROKEN = 3, /* could not go on: I/O, memory, too many restarts */
	STATUS_STOPPED = 4, /* stopped early: part of the input was not processed */
	STATUS_NEVER = 125, /* of a stage: neither it nor another copy can ever work */
	STATUS_CANNOT_RUN = 126, /* a command was found but could not be run */
	STATUS_NOT_FOUND = 127 /* a command was not found */
};

/*
 * Who returns NULL, or why something is refused, returns this text itself, compared by
 * its address, where there was no memory to tell: that is no fault of what was looked at.
 */
extern const char trouble_no_memory[];

enum trouble_kind {
	TROUBLE_NONE,
	TROUBLE_DONE, /* none: all was done that was asked for */
	TROUBLE_STATUS, /* end with status */
	TROUBLE_USAGE, /* a command line that is wrong by itself: --help helps */
	TROUBLE_OUTPUT /* standard output, or what stands in for it, cannot be written */
};

enum { TROUBLE_TEXT = 1024 }; /* what is longer is cut: a message, not a name to use */

/* All zero is none. */
struct trouble {
	enum trouble_kind kind;
	enum status status;
	int error; /* errno, or 0 if what says it all */
	char what[TROUBLE_TEXT];
};

/* Each sets what there is unless there is trouble already; -1. */
int trouble_set(struct trouble *trouble, enum status status, int error,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
int trouble_usage(struct trouble *trouble, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int trouble_output(struct trouble *trouble, int error, const char *name);

#endif
