/* SPDX-License-Identifier: ISC */
/*
 * control - a FIFO that takes commands while the run goes on.
 *
 * Writers come and go: it is held open at both ends here, so that it never ends.
 * What is not a command is answered on standard error, and harms nothing.
 */
#ifndef PAR_RUN_CONTROL_H
#define PAR_RUN_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { CONTROL_LINE = 4096 }; /* the longest command, with its newline, bytes */

/* Does what a line says, which has no newline, and may be written to. */
typedef void control_obey(void *context, char *line, size_t len);

struct control {
	control_obey *obey;
	void *context; /* for that */
	const char *path;
	int fd; /* to read from; -1: there is none */
	int write_end; /* the end to write to */
	bool made; /* by us, and taken away at the end */
	dev_t device; /* what it is, should path be something else by then */
	ino_t inode;
	char *line; /* the beginning of a command; NULL: there is no FIFO */
	size_t used;
	bool skipping; /* inside a line that is too long */
};

/*
 * Make path, if it is not there, and open it; NULL path: there is none.  NULL, or
 * why it is refused.
 */
const char *control_open(
    struct control *control, const char *path, control_obey *obey, void *context);

/* The FIFO can be read: have done what it says. */
void control_take(struct control *control);

void control_close(struct control *control);

#endif
