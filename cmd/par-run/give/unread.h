/* SPDX-License-Identifier: ISC */
/*
 * unread - a command that makes no use of its input, since what it is to work on stands
 * among its words: all of its workers ended well, and not one has read anything.
 *
 * Input that nobody wants is lost, so that ends the run, if there is some or a person is
 * to type it.  Else it is as fine as a generator in any pipeline.
 */
#ifndef PAR_RUN_UNREAD_H
#define PAR_RUN_UNREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gate.h"
#include "nature.h"
#include "options.h"
#include "pool.h"
#include "restarts.h"
#include "signs.h"
#include "supply.h"
#include "times.h"

enum { UNREAD_REMEDY = SIGNS_REMEDY };

/* How the workers have ended. */
enum unread_ends {
	UNREAD_NONE, /* none has */
	UNREAD_ALL, /* well, and without reading anything */
	UNREAD_OVER /* one did not, or it was said */
};

struct unread {
	const struct run_options *options;
	const struct times *times;
	struct restarts *restarts;
	const struct supply *supply;
	const struct pool *pool;
	const struct nature *nature;
	struct gate *gate;
	size_t file; /* which word of the command is the name of a file; 0: none is */
	size_t files; /* so many are, from there to the last one */
	enum unread_ends ends;
};

/* Look at the words, before the command can take a file away. */
void unread_open(struct unread *unread);

/* A worker of no kind, or a plain one, has ended: well, and without reading anything? */
void unread_ended(struct unread *unread, bool so);

/* Is it not known yet whether there is input, and known soon? */
bool unread_waits(const struct unread *unread);

/* End the run if that is so. */
void unread_turn(struct unread *unread);

/*
 * The run is over.  Where a service or a timer has started it nobody gave it any input:
 * say that the command was run once, if many files are among its words.
 */
void unread_end(const struct unread *unread);

/* What to write instead, for the end of a line, if that is likely; or "". */
const char *unread_remedy(const struct unread *unread, char text[static UNREAD_REMEDY]);

#endif
