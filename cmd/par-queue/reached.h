/* SPDX-License-Identifier: ISC */
/*
 * reached - how far standard output has come, in a file: so that results which were
 * written but not yet dropped from the queue are not written again.
 */
#ifndef PAR_QUEUE_REACHED_H
#define PAR_QUEUE_REACHED_H

#include "engine.h"

struct reached {
	const char *path;
	char last[ENGINE_ID_SIZE]; /* the engine's id of what was written last */
};

/*
 * Read the file, and cut standard output, which must be a file, to the length it had
 * then.  If the file is not there it is written, with start: all that is put out from now
 * on is to be cut off after an end however bad.  What is wrong ends the program.
 */
void reached_open(struct reached *reached, const char *path, const char *start);

/* What was written up to last is to stay: on the disk first, then in the file. */
void reached_save(struct reached *reached, const char *last);

#endif
