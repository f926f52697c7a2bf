/* SPDX-License-Identifier: ISC */
/*
 * sight - what a run has said of itself, checked: it came from outside, and may be
 * anything.  Numbers are within bounds; texts are any bytes.
 */
#ifndef PAR_TOP_SIGHT_H
#define PAR_TOP_SIGHT_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"
#include "field.h"

enum {
	SIGHT_MOST = 32 << 20, /* bytes */
	SIGHT_WORKERS = 1 << 16,
	SIGHT_COMMAND = 4096 /* bytes of the command that are shown */
};

/* The place of one worker. */
struct sight_worker {
	double number, pid;
	struct field host; /* NULL: of this machine */
	struct field state;
	double in_flight, window;
	double done, failed, retries, restarts; /* records, and processes */
	double record; /* the number of that at hand, from 1; 0: none is, */
	double seconds; /* for so long, */
	struct field text; /* and it begins so */
	struct field says; /* its last line on standard error */
	struct field ended; /* how the process before it did; "": well */
};

struct sight {
	struct bytes raw; /* what texts are in */
	double pid, started, seconds;
	bool inner; /* it has a supervisor itself */
	bool hosts;
	struct bytes command; /* its words, with blanks between */
	struct field control; /* the FIFO; NULL: none */
	struct field state, waits;
	double workers, done, failed, total, retries, restarts; /* total 0: not known */
	struct sight_worker *places;
	size_t count, room;
};

/*
 * Read sight->raw, which the caller has set and changes with that.  NULL, or why it is
 * not believed: the sight is that of nothing then.
 */
const char *sight_read(struct sight *sight);

/* Free what it has; it is empty then. */
void sight_free(struct sight *sight);

#endif
