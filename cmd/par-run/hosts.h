/* SPDX-License-Identifier: ISC */
/*
 * hosts - a run that is spread over machines: each has a place, and its worker is
 * the link to a par-run there, which has workers of its own.  Links break, and
 * hosts are down: both are tried again, and no record is to blame.
 */
#ifndef PAR_RUN_HOSTS_H
#define PAR_RUN_HOSTS_H

#include "run.h"

/* Are there any? */
static inline bool
hosts_used(const struct run_options *options)
{
	return options->host_list != NULL || options->host_file != NULL;
}

/* A place for each that the options name; misuse ends the program. */
void hosts_open(struct run *run);

/*
 * Add the hosts of a list; one that is there already gets the number of workers
 * that the list says.  NULL, or why not.
 */
const char *hosts_add(struct run *run, const char *list);

/* The same, and those that are not in the list are dropped. */
const char *hosts_set(struct run *run, const char *list);

/* The host of that name finishes what it has, and gets no more.  NULL, or why not. */
const char *hosts_drop(struct run *run, const char *which);

/* The link of slot is about to be made. */
void hosts_begin(struct run *run, struct slot *slot);

/*
 * The link of slot has ended, with back records not finished; how: in words, NULL
 * if it ended well.  Sees to what is to become of the place.  True if these records
 * are to be suspected: link after link has broken with nothing finished.
 */
bool hosts_lost(struct run *run, struct slot *slot, uint64_t back, const char *how);

/* End the run if it cannot go on after that; the records are back where they wait. */
void hosts_end(struct run *run);

/* How long to wait before the next link, ms. */
uint64_t hosts_pause(const struct slot *slot);

/* There is no more input: a link that is not made yet is not needed. */
void hosts_forgo(struct run *run, struct slot *slot);

/*
 * Has a link taken too long to be made, or is no host up for too long?  Both are
 * looked at once a turn; hosts_due(): when they are to be at the latest, clock_ms().
 */
void hosts_turn(struct run *run);
uint64_t hosts_due(const struct run *run);

#endif
