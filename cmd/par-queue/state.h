/* SPDX-License-Identifier: ISC */
/*
 * state - how far standard output has come, in a file: so that results which were
 * written but not yet dropped from the server are not written again.
 */
#ifndef PAR_QUEUE_STATE_H
#define PAR_QUEUE_STATE_H

#include "queue.h"

struct state {
	const char *path;
	char last[QUEUE_ID_MAX]; /* the server's name for what was written last */
};

/*
 * Read the file, and cut standard output, which must be a file, to the length it had
 * then.  If the file is not there it is written: all that is put out from now on is to
 * be cut off after an end however bad.  What is wrong ends the program.
 */
void state_open(struct state *state, const char *path);

/* What was written up to last is to stay: on the disk first, then in the file. */
void state_save(struct state *state, const char *last);

#endif
