/* SPDX-License-Identifier: ISC */
/*
 * notes - what a process for a block wrote to standard error, together: behind its
 * output, and with -k when its output had its turn; that of one which failed as soon as
 * no output is in the middle.
 *
 * Nothing here waits, but for notes_end().
 */
#ifndef PAR_RUN_NOTES_H
#define PAR_RUN_NOTES_H

#include <stdbool.h>
#include <stdint.h>

#include "ending.h"
#include "errors.h"
#include "order.h"
#include "output.h"

struct notes {
	struct outflow *output;
	struct ending *ending;
	struct order waiting; /* by position: NOW, a number or a ticket */
	struct retained *going; /* one is in the middle, or NULL; */
	size_t at; /* so much of it is out */
	bool stuck; /* standard error takes no more now */
	bool same_file; /* as the output: no output comes into its middle */
};

/* The output is open. */
void notes_open(struct notes *notes);

/*
 * Take what was buffered of a process that is to be told behind the output of record
 * number, with -k before that is let out, else after it was; or, as it has failed, soon.
 */
void notes_done(struct notes *notes, struct errors *errors, uint64_t number);
void notes_failed(struct notes *notes, struct errors *errors);

/* Go on. */
void notes_go(struct notes *notes);

/* Is something left for which standard error is waited for? */
static inline bool
notes_stuck(const struct notes *notes)
{
	return notes->stuck;
}

/* All outputs are out, or never will be: tell all that is left, however long it takes. */
void notes_end(struct notes *notes);

#endif
