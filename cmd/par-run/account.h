/* SPDX-License-Identifier: ISC */
/*
 * account - what each worker did, and what became of records: the table of --stats and
 * SIGUSR1.
 */
#ifndef PAR_RUN_ACCOUNT_H
#define PAR_RUN_ACCOUNT_H

#include <stdint.h>

#include "host.h"
#include "place.h"
#include "worker.h"

/* What became of all records together. */
struct tally {
	uint64_t settled; /* done or given up */
	uint64_t failed; /* given up */
	uint64_t refused; /* of these, before a worker got them */
	uint64_t unknown; /* plain workers had them, which were ended */
};

/* Of one worker's place, all processes in it together. */
struct account {
	struct account *next;
	const struct worker *worker;
	const struct place *place;
	const char *host; /* that its worker is the link to; NULL: none */
	uint64_t starts, restarts; /* of processes */
	uint64_t given, done, failed; /* records */
	uint64_t retries; /* records to be sent again */
	uint64_t bytes_in, bytes_out;
	uint64_t busy; /* ns in which it had records */
	uint64_t busy_since; /* clock_ns(); 0: it has none */
};

/* Of all places.  All zero: of none. */
struct accounts {
	struct account *first, *last;
	size_t count;
};

/* One more, whose worker and place are set. */
void accounts_add(struct accounts *accounts, struct account *account);

/* It gets count records of so many bytes together. */
void account_given(struct account *account, uint64_t count, uint64_t bytes);

/* It has nothing left to do. */
void account_idle(struct account *account);

/* For how long it had records, ns. */
uint64_t account_busy(const struct account *account);

/* Write the table to standard error: a line for each place, and one for all. */
void account_show(const struct accounts *accounts);

#endif
