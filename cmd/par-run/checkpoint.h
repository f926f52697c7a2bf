/* SPDX-License-Identifier: ISC */
/*
 * checkpoint - what is done is remembered in a file, at most some times a second, so
 * that the same command goes on where this one was killed.
 *
 * Remembered are how far the input was given out, with a hash of that; the records
 * of it that are not finished; how many bytes of the output and of the quarantine
 * belong to the finished ones.  What those files hold beyond that when the run is
 * resumed is cut off, and its records are done again.  With -k all records from the
 * one on whose turn it is are done again.
 */
#ifndef PAR_RUN_CHECKPOINT_H
#define PAR_RUN_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "hash.h"
#include "state.h"

struct run;
struct saved;

struct checkpoint {
	bool on;
	struct state state;
	struct saved *saved; /* what stays the same */
	struct hash_stream hash; /* of the input that was given out */
	uint64_t settled; /* run.settled when it was last saved */
	uint64_t next_at; /* clock_ms() from when it may be saved again */
};

/*
 * Begin, or go on with what was saved; does not return if that does not fit.  The
 * input, the output and the quarantine are open.  If nothing is left to do the
 * intake is at its end and nothing is to be sent again.
 */
void checkpoint_open(struct run *run);

/* Save, if it is time to. */
void checkpoint_turn(struct run *run);

/* When it will be time to, clock_ms(); UINT64_MAX if there is nothing to save. */
uint64_t checkpoint_due(const struct run *run);

/* The last time, if something has changed. */
void checkpoint_end(struct run *run);

/* Let others have it. */
void checkpoint_close(struct checkpoint *checkpoint);

/* The command cannot be resumed: the run ends. */
void checkpoint_refuse(struct run *run);

#endif
