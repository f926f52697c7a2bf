/* SPDX-License-Identifier: ISC */
/*
 * tended - one worker of a native stage: started, given records, heard, hurried, and
 * judged by its end.  What its records are, and what becomes of them, is its owner's: it
 * knows of no queue, and ends no program.
 *
 * Its owner sets now, clock_ms(), before each call.  After tended_hear() and
 * tended_look() it looks at fault, and if there is one has no more use for it.
 */
#ifndef PAR_QUEUE_TENDED_H
#define PAR_QUEUE_TENDED_H

#include "credit.h"
#include "hearing.h"
#include "place.h"
#include "restarts.h"

enum { TENDED_BYTES = 4 << 20, /* in flight, if more than one batch */ TENDED_WHY = 200 };

struct tended_plan {
	char *const *command;
	uint64_t soft,
	    hard; /* ms without a record finished: SIGTERM, SIGKILL; 0: never */
	uint64_t deaths; /* so many in a row with nothing finished between are too many */
	struct hearing hearing; /* its worker is set here; told() is of tended_hear() */
};

/* What its owner can do nothing about. */
enum tended_fault {
	TENDED_FINE,
	TENDED_FOREIGN, /* it is not a native stage: what */
	TENDED_USELESS, /* no copy of it would do better: what */
	TENDED_LOST /* with error: no memory, or what it wrote cannot be read: what */
};

struct tended {
	struct tended_plan plan;
	struct place place;
	struct worker worker;
	uint64_t now; /* clock_ms(), the owner's to set */
	uint64_t told; /* records that it may have in flight at the most, likewise */
	bool alone_next; /* what it is given next must be alone with it, likewise */
	struct credit credit; /* records that it may have in flight */
	enum tended_fault fault;
	char what[HEARING_TEXT];
	int error;
	const char *never; /* why it can never work; NULL: it may */
	struct restarts restarts; /* with nothing finished between */
	struct oom_counts oom; /* whom the kernel has killed so far */
	bool trouble; /* it says that something went wrong, though all it had was done */

	/* For tended.c alone. */
	uint64_t started; /* clock_ms() */
	uint64_t start_at; /* clock_ms() from when it may be started again */
	uint64_t progress; /* clock_ms() when it last finished something */
	bool noticed; /* that it takes long to say so, and it was said */
	char said[HEARING_TEXT]; /* of its last end, with nothing finished since */
	bool warned; /* it has taken longer than soft, and finished nothing since */
	uint64_t fed_at; /* clock_ms() when it was last given something */
	uint64_t paced,
	    pace; /* records that it finished lately, and ns for all of them */
	uint64_t look_at; /* clock_ms() of the next look at one that reads ahead */
	uint64_t quiet_limit; /* ms of silence that it is left in for lack of records */
	uint64_t prompted_at; /* clock_ms() when its input was ended, as it holds back; or
				 0 */
	uint64_t input_ended_at; /* clock_ms() */
};

void tended_init(struct tended *tended, const struct tended_plan *plan);

/*
 * Start it if it is not there and its time has come.  0, also if that failed for now;
 * or -1 with errno: it cannot be.
 */
int tended_start(struct tended *tended);

/* The most records that it may ever have: what it wants, and what we were told. */
uint64_t tended_most(const struct tended *tended);

/* Has it a use for records?  One that has not said hello: for one. */
bool tended_may_have(const struct tended *tended);

/* Has it a use for records, and may be given some now?  Not while it ends. */
bool tended_takes(const struct tended *tended);

/*
 * How many records more than it may have it will soon take, by its pace: within so many
 * ms, 10000 at most.  None while it has finished nothing for longer.
 */
uint64_t tended_soon(const struct tended *tended, uint64_t within);

/* Does it have a record that must be alone with it? */
static inline bool
tended_has_alone(const struct tended *tended)
{
	const struct flight *flight = tended->worker.window.head;

	return flight != NULL && flight->batch->alone;
}

/* Takes the batch; 0, or -1 without memory, and it stays the caller's. */
int tended_give(struct tended *tended, struct batch *batch);

/* Write to the worker what it was given: all that there is for it now. */
void tended_feed(struct tended *tended);

/* The worker is given nothing more, ends when it is done, and none is started after it.
 */
void tended_retire(struct tended *tended);

/* All are to end: it is told so, by SIGTERM or SIGKILL. */
void tended_stop(struct tended *tended, int signal);

/* Take what it has said and written. */
void tended_hear(struct tended *tended);

/* Have it answer if it holds back, end it if it takes too long. */
void tended_check_time(struct tended *tended);

/* When that is to be called next, clock_ms(). */
uint64_t tended_due(const struct tended *tended);

/*
 * Has it ended?  Then what it had, and had begun to read, goes to the end of had, the
 * rest to that of unread, and it can be started again.  Of one that is broken
 * tended_reason() says how.  No verdict where there is a fault.
 */
bool tended_look(struct tended *tended, struct batch_queue *had,
    struct batch_queue *unread, enum place_verdict *verdict);

/* How it ended, as a reason for a record. */
const char *tended_reason(const struct tended *tended, char why[static TENDED_WHY]);

/* Too many deaths with nothing finished between? */
bool tended_hopeless(const struct tended *tended);

void tended_close(struct tended *tended);

#endif
