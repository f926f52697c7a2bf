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

#include <stdint.h>

#include "ending.h"
#include "resume.h"
#include "supply.h"
#include "times.h"

enum checkpoint_state {
	CHECKPOINT_OFF,
	CHECKPOINT_NEW,
	CHECKPOINT_RESUMED /* it goes on with what was saved */
};

struct checkpoint {
	const struct run_options *options;
	const struct times *times;
	const struct supply *supply;
	const struct tally *tally;
	struct intake *intake;
	struct outflow *output;
	struct quarantine *quarantine;
	struct ending *ending;
	struct resume resume; /* its file, and where an earlier run was */
	enum checkpoint_state state;
	uint64_t finished; /* records, when it was last saved */
	uint64_t next_at; /* clock_ms() from when it may be saved again */
};

/*
 * Begin, or go on with what was saved; does not return if that does not fit.  The
 * input, the output and the quarantine are open.  If nothing is left to do the
 * intake is at its end and nothing is to be sent again.
 */
void checkpoint_open(struct checkpoint *checkpoint);

/* Save, if it is time to. */
void checkpoint_turn(struct checkpoint *checkpoint);

/*
 * Is it late, since what is finished waits for who reads the output?  Then no more is to
 * be finished until all of that is out: the reader may be slow, and always have more.
 */
bool checkpoint_is_late(const struct checkpoint *checkpoint);

/* When it will be time to, clock_ms(); UINT64_MAX if there is nothing to save. */
uint64_t checkpoint_due(const struct checkpoint *checkpoint);

/* The last time, if something has changed. */
void checkpoint_end(struct checkpoint *checkpoint);

/* Let others have it; nothing is left of it if the command cannot be resumed. */
void checkpoint_close(struct checkpoint *checkpoint);

#endif
