/* SPDX-License-Identifier: ISC */
/*
 * starts - a worker in an empty place: when there may be one, and what comes of it when
 * it cannot be started, or ends again and again.
 */
#ifndef PAR_RUN_STARTS_H
#define PAR_RUN_STARTS_H

#include "arguments.h"
#include "busy.h"
#include "ending.h"
#include "facts.h"
#include "gate.h"
#include "header.h"
#include "hosts.h"
#include "ledger.h"
#include "log.h"
#include "nature.h"
#include "options.h"
#include "pool.h"
#include "record_files.h"
#include "restarts.h"
#include "results.h"
#include "speculate.h"
#include "supply.h"
#include "tags.h"
#include "times.h"
#include "trace.h"
#include "unread.h"

/*
 * Workers that were the first and ended alike before they read anything: none of them was
 * spoken of yet.  When all have, no other will do better.
 */
struct misfits {
	uint64_t count;
	int status; /* of each */
	struct bytes words; /* that the last one said which said others */
	bool over; /* there was another one */
};

struct starts {
	struct misfits misfits;
	uint64_t others_at; /* when the first one has been alone, clock_ms() */
	struct unread *unread;
	const struct run_options *options;
	const struct times *times;
	const struct nature *nature;
	struct ledger *ledger;
	const struct log *log;
	const struct trace *trace;
	const struct header *header;
	struct record_files *record_files;
	struct arguments *arguments;
	struct record_facts *facts;
	const struct tags *tags;
	struct results *results;
	struct restarts *restarts;
	struct gate *gate;
	struct supply *supply;
	const struct speculate *speculate;
	struct pool *pool;
	struct hosts *hosts;
	struct busy *busy;
	struct ending *ending;
};

/* Start the worker of a slot.  False: not now, or never, and the run ends. */
bool starts_one(struct starts *starts, struct slot *slot);

enum start {
	START_DONE,
	START_LATER, /* not now, or never, and the run ends; it goes back to be sent again
		      */
	START_REFUSED /* a record of it was given up; the others go back */
};

/* Make words of the records of block, where they are to be some, here or on a host. */
enum start
starts_fill(struct starts *starts, const struct slot *slot, struct batch *block);

/* Start a process for block, after that; it stays the caller's only if that was done. */
enum start starts_block(struct starts *starts, struct slot *slot, struct batch *block);

/* Does it read other bytes than those of its records, which are not to be written then?
 */
bool starts_handed(const struct slot *slot);

/* The worker of slot has ended: for how long it is not started again. */
void starts_rest(const struct starts *starts, struct slot *slot);

/*
 * Has the worker of slot ended saying that it can never work, and does that matter?  It
 * has left so many records, that are nowhere else yet.
 */
bool starts_never(const struct starts *starts, const struct slot *slot, uint64_t left);

/*
 * The worker of slot has ended before it read anything.  True if nothing is to be said of
 * it now: all may end so.
 */
bool starts_misfit(struct starts *starts, struct slot *slot);

/* Give in if too many workers have died; how: the last one. */
void starts_count_deaths(struct starts *starts, const char *how);

/* Is the first worker alone until it is known if there is input at all? */
bool starts_wait(const struct starts *starts);

/* Start what is due: a place whose worker has died, while there is work. */
void starts_turn(struct starts *starts);

#endif
