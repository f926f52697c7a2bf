/* SPDX-License-Identifier: ISC */
/*
 * polls - what the loop waits for: signals, our reader, input, control and, of each
 * worker, room, words, output and standard error.
 */
#ifndef PAR_RUN_POLLS_H
#define PAR_RUN_POLLS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "busy.h"
#include "collect.h"
#include "control.h"
#include "ending.h"
#include "intake.h"
#include "notes.h"
#include "offer.h"
#include "output.h"
#include "pool.h"

/* Where they stand: those of all, then for each worker those of its own. */
enum polls_of_all {
	POLLS_SIGNALS,
	POLLS_READER,
	POLLS_INPUT,
	POLLS_CONTROL,
	POLLS_NOTES,
	POLLS_PARENT,
	POLLS_LOG,
	POLLS_ASIDE,
	POLLS_TOKENS,
	POLLS_VIEWERS,
	POLLS_ALL
};
enum polls_of_one { POLLS_ROOM, POLLS_WORDS, POLLS_OUTPUT, POLLS_ERRORS, POLLS_ONE };

struct polls {
	const struct pool *pool;
	const struct intake *intake;
	const struct outflow *output;
	const struct notes *notes;
	const struct ledger *ledger;
	const struct collect *collect;
	const struct control *control;
	const struct busy *busy;
	const struct offer *offer;
	struct ending *ending;
	int signals; /* the descriptor */
	struct pollfd *places; /* descriptor -1 where there is nothing */
	struct pollfd *asked; /* the same without these */
	size_t count;
	size_t room; /* workers that there is room for */
};

/*
 * Wait for what may happen next, at most timeout ms, -1: for ever; wanted: input, too.
 * 0, or -1 and the run ends.
 */
int polls_wait(struct polls *polls, bool wanted, int timeout);

/* What has happened, poll(2)'s revents: of all, or at the worker of the slot index. */
static inline short
polls_all(const struct polls *polls, enum polls_of_all which)
{
	return polls->places[which].revents;
}

static inline short
polls_one(const struct polls *polls, size_t index, enum polls_of_one which)
{
	return polls->places[POLLS_ALL + POLLS_ONE * index + which].revents;
}

void polls_close(struct polls *polls);

#endif
