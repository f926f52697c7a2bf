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

enum { TENDED_BYTES = 4 << 20, /* in flight, if more than one batch */ TENDED_WHY = 200 };

struct tended_plan {
	char *const *command;
	uint64_t soft,
	    hard; /* ms without a record finished: SIGTERM, SIGKILL; 0: never */
	uint64_t deaths; /* so many in a row with nothing finished between are too many */
	struct hearing hearing; /* its worker is set here; told() is of tended_hear() */
};

/* What its end says of what it had, and of the next one. */
enum tended_verdict {
	TENDED_GOES_ON, /* it has not ended */
	TENDED_DONE, /* it had nothing any more */
	TENDED_AGAIN, /* what it had is not to blame, and goes to the next one */
	TENDED_BROKEN, /* what it had may have killed it */
	TENDED_PERMANENT /* no copy of it can ever work: what it had is not to blame */
};

/* What its owner can do nothing about. */
enum tended_fault {
	TENDED_FINE,
	TENDED_FOREIGN, /* it is not a native stage: what */
	TENDED_UNBORN, /* it ended before it ever said hello: what */
	TENDED_LOST /* with error: no memory, or what it wrote cannot be read: what */
};

struct tended {
	struct tended_plan plan;
	struct worker worker;
	uint64_t now; /* clock_ms(), the owner's to set */
	uint64_t told; /* records that it may have in flight at the most, likewise */
	bool alone_next; /* what it is given next must be alone with it, likewise */
	struct credit credit; /* records that it may have in flight */
	enum tended_fault fault;
	char what[HEARING_TEXT];
	int error;
	const char *never; /* why it can never work; NULL: it may */
	unsigned deaths; /* in a row, with nothing finished between */
	bool trouble; /* it says that something went wrong, though all it had was done */
	bool input_ended; /* by tended_end_input() */

	/* Its own. */
	uint64_t started; /* clock_ms() */
	uint64_t start_at; /* clock_ms() from when it may be started again */
	uint64_t progress; /* clock_ms() when it last finished something */
	bool known; /* it has said hello, once at least */
	bool noticed; /* that it takes long to say so, and it was said */
	bool soft_told, hard_told; /* it has taken too long: signals sent */
	uint64_t fed_at; /* clock_ms() when it was last given something */
	uint64_t look_at; /* clock_ms() of the next look at one that reads ahead */
	uint64_t quiet_limit; /* ms of silence that it is left in for lack of records */
	uint64_t waits; /* records it was given when it said that it waits; or 0 */
	bool prompted; /* its input was ended so that it answers */
	uint64_t prompted_at; /* clock_ms() then, if it holds back */
	uint64_t input_ended_at; /* clock_ms() */
};

void tended_init(struct tended *tended, const struct tended_plan *plan);

/*
 * Start it if it is not there and its time has come.  0, or -1 with errno: it cannot be.
 */
int tended_start(struct tended *tended);

/* The most records that it may ever have: what it wants, and what we were told. */
uint64_t tended_most(const struct tended *tended);

/* Has it a use for records?  One that has not said hello: for one. */
bool tended_may_have(const struct tended *tended);

/* Has it a use for records, and may be given some now?  Not while it ends. */
bool tended_takes(const struct tended *tended);

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

/* End the input of a worker that gets nothing more, once all was written to it. */
void tended_end_input(struct tended *tended);

/* Take what it has said and written. */
void tended_hear(struct tended *tended);

/* Have it answer if it holds back, end it if it takes too long. */
void tended_check_time(struct tended *tended);

/* When that is to be called next, clock_ms(). */
uint64_t tended_due(const struct tended *tended);

/*
 * Has it ended?  Then what it had goes to the end of had, and it can be started again. Of
 * one that is broken tended_reason() says how.
 */
enum tended_verdict tended_look(struct tended *tended, struct batch_queue *had);

/* How it ended, as a reason for a record. */
const char *tended_reason(const struct tended *tended, char why[static TENDED_WHY]);

/* Too many deaths with nothing finished between? */
bool tended_hopeless(const struct tended *tended);

void tended_close(struct tended *tended);

#endif
