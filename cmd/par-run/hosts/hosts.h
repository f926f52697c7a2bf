/* SPDX-License-Identifier: ISC */
/*
 * hosts - a run that is spread over machines: each has a place, and its worker is
 * the link to a par-run there, which has workers of its own.  Links break, and
 * hosts are down: both are tried again, and no record is to blame.
 */
#ifndef PAR_RUN_HOSTS_H
#define PAR_RUN_HOSTS_H

#include "ending.h"
#include "facts.h"
#include "gate.h"
#include "header.h"
#include "ledger.h"
#include "link_break.h"
#include "options.h"
#include "pool.h"
#include "supply.h"
#include "times.h"
#include "trace.h"

struct hosts {
	const struct run_options *options;
	const struct times *times;
	const struct header *header;
	const struct record_facts *facts;
	const struct supply *supply;
	struct pool *pool;
	struct gate *gate;
	struct ledger *ledger;
	const struct trace *trace;
	struct ending *ending;
	uint64_t good_at; /* clock_ms() when a host was last up, or none was needed */
	struct link_break cut; /* the last one */
	unsigned fruitless; /* of these in a row, with nothing finished anywhere */
	uint64_t finished; /* records, when the last link broke */
	uint64_t round; /* of lists that said which hosts there are to be */
	char why[400]; /* it broke */
	const char *over; /* why the run cannot go on, see hosts_end(); or NULL */
};

/* A place for each that the options name; misuse ends the program. */
void hosts_open(struct hosts *hosts);

/*
 * Add the hosts of a list; one that is there already gets the number of workers
 * that the list says.  NULL, or why not.
 */
const char *hosts_add(struct hosts *hosts, const char *list);

/* Add the hosts of a list, and drop those that are not in it. */
const char *hosts_set(struct hosts *hosts, const char *list);

/* The host of that name finishes what it has, and gets no more.  NULL, or why not. */
const char *hosts_drop(struct hosts *hosts, const char *which);

/* Forget them, of places that have no worker any more. */
void hosts_close(const struct hosts *hosts);

/* The link of slot is about to be made. */
void hosts_begin(struct hosts *hosts, struct slot *slot);

/*
 * The link of slot has ended, with back records not finished, the first of them of that
 * number; how: in words, NULL if it ended well.  Sees to what is to become of the place.
 * True if these records are to be suspected: break after break, with nothing finished.
 */
bool hosts_lost(struct hosts *hosts, struct slot *slot, uint64_t back, uint64_t first,
    const char *how);

/* End the run if it cannot go on after that; the records are back where they wait. */
void hosts_end(struct hosts *hosts);

/* How long to wait before the next link, ms. */
uint64_t hosts_pause(const struct slot *slot);

/* There is no more input: a link that is not made yet is not needed. */
void hosts_cancel(struct hosts *hosts, struct slot *slot);

/*
 * Has a link taken too long to be made, or is no host up for too long?  Both are
 * looked at once a turn; hosts_due(): when they are to be at the latest, clock_ms().
 */
void hosts_turn(struct hosts *hosts);
uint64_t hosts_due(const struct hosts *hosts);

#endif
