/* SPDX-License-Identifier: ISC */
/*
 * place - what a worker's place is about, from the start of a process there to its end,
 * and what that end says.  A table of states and events, and nothing else: who tells of
 * an event does what that asks for.
 *
 *	EMPTY -> STARTING -> WORKING ----+-> LEAVING -> ENDING -> EMPTY, or RETIRED
 *	                  -> STREAMING --+       any but the last two -> DYING
 */
#ifndef PAR_PLACE_H
#define PAR_PLACE_H

#include <stdbool.h>
#include <stdint.h>

enum place_state {
	PLACE_EMPTY, /* there is no process; one may be started */
	PLACE_STARTING, /* its process has not shown what it is */
	PLACE_WORKING, /* it gets records, and what becomes of each is told */
	PLACE_STREAMING, /* a plain command: it gets records, and nobody tells */
	PLACE_LEAVING, /* it gets no more, and finishes what it has */
	PLACE_ENDING, /* its input has ended, by us */
	PLACE_DYING, /* it was told to end, or was killed */
	PLACE_RETIRED, /* there is no process, and will not be */
	PLACE_STATES
};

enum place_event {
	PLACE_START, /* a process was started */
	PLACE_KNOWN, /* it has said hello, or is what we know it to be */
	PLACE_PLAIN, /* it has shown that it is a plain command */
	PLACE_LET_GO, /* it is to get no more */
	PLACE_END_INPUT, /* its input has ended */
	PLACE_TERMINATE, /* it is told to end, or killed, see place_terminate() */
	PLACE_GONE, /* it has ended, and what it had is accounted for */
	PLACE_GONE_EARLY, /* the same, and it is of no use to start another one */
	PLACE_RETIRE, /* there is one too many: it finishes, and is not started again */
	PLACE_RECALL, /* there is not */
	PLACE_EVENTS
};

/* Why it was told to end. */
enum place_cause {
	PLACE_NO_CAUSE,
	PLACE_LATE, /* a record took too long */
	PLACE_STUCK, /* so did its start, or its end */
	PLACE_LARGE, /* it has more memory than there is for it */
	PLACE_BURST, /* its output cannot be taken */
	PLACE_DISTRUSTED, /* it has said what cannot be true */
	PLACE_REFUSED, /* it broke a rule of par-stage(7), as any copy of it would */
	PLACE_BEATEN, /* another one has done what it has */
	PLACE_STOPPED /* all were told to end */
};

/* All zero is an empty one. */
struct place {
	enum place_state state;
	enum place_cause cause; /* the first one; of the process that is there */
	bool spare; /* RETIRED follows, when it is empty */
};

void place_event(struct place *place, enum place_event event);

/* PLACE_TERMINATE, for that reason, unless there was one before. */
void place_terminate(struct place *place, enum place_cause cause);

/* What is seen at the end of a process, and of the records that it had. */
struct place_end {
	bool reports; /* it was one that reports what becomes of each record */
	bool failed; /* a status that is not 0, or a signal */
	bool never; /* its status says that no copy of it can ever work */
	bool open; /* we had not ended its input */
	bool read; /* it has read of what it had */
	bool stopped; /* all are to end: who is to blame is not found out here */
	uint64_t left; /* records that it had, and told nothing of */
	bool more; /* there are others to be done */
};

/* What that says of the records, and of the next one. */
enum place_verdict {
	PLACE_DONE, /* it had nothing any more */
	PLACE_AGAIN, /* what it had is not to blame, and goes to the next one */
	PLACE_BROKEN, /* what it had may have broken it */
	PLACE_PERMANENT /* no copy of it can ever work: what it had is not to blame */
};

/*
 * Judge an end by the rules of par-stage(7), before PLACE_GONE.  One that was told to end
 * cannot say with its status that it never works; nor does it matter, of one that does
 * not tell, when everything is done.
 */
enum place_verdict place_judge(const struct place *place, const struct place_end *end);

enum place_right {
	PLACE_GIVE, /* new records to it */
	PLACE_COUNT, /* it among those that there are to be */
	PLACE_HEAR /* there is a process, or what it left is not accounted for */
};

static inline bool
place_may(const struct place *place, enum place_right right)
{
	enum place_state state = place->state;

	switch (right) {
	case PLACE_GIVE:
		return state >= PLACE_STARTING && state <= PLACE_STREAMING &&
		    !place->spare;
	case PLACE_COUNT:
		return state != PLACE_RETIRED && !place->spare;
	case PLACE_HEAR:
		return state != PLACE_EMPTY && state != PLACE_RETIRED;
	}
	return false;
}

#endif
