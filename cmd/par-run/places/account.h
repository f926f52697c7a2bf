/* SPDX-License-Identifier: ISC */
/*
 * account - what each worker did, and what became of records: the table of --stats and
 * SIGUSR1.
 */
#ifndef PAR_RUN_ACCOUNT_H
#define PAR_RUN_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "options.h"
#include "place.h"
#include "worker.h"

/* What became of all records together. */
struct tally {
	uint64_t finished; /* done or given up */
	uint64_t failed; /* given up */
	uint64_t refused; /* of these, before a worker got them */
	uint64_t unknown; /* plain workers had them, which were ended */
	bool trouble; /* something failed that is not a record of ours */
	bool ones; /* a process has exited with status 1, and that is not fine */
};

/* Of one worker's place, all processes in it together. */
struct account {
	struct account *next;
	const struct worker *worker;
	const struct place *place;
	const char *host; /* that its worker is the link to; NULL: none */
	uint64_t starts, restarts, ends; /* of processes */
	char ended[WORKER_EXIT_TEXT]; /* how the last one did; "": well */
	uint64_t given, done, failed; /* records */
	uint64_t
	    last; /* the number, from 0, of the first record that it was given last */
	uint64_t retries; /* records to be sent again */
	uint64_t bytes_in, bytes_out;
	uint64_t progress_at; /* work time when it last finished something, see below */
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

/* The worker gets count records from number first on, of so many bytes together. */
void
account_given(struct account *account, uint64_t first, uint64_t count, uint64_t bytes);

/*
 * The worker has finished something, at that work time; or is to be waited for as if it
 * had.
 */
static inline void
account_progress(struct account *account, uint64_t now)
{
	account->progress_at = now;
}

/* A process was started there; again: in place of one that ended. */
static inline void
account_started(struct account *account, bool again)
{
	account->starts++;
	account->restarts += again;
}

/* The worker's process is to be started again, for the same records. */
static inline void
account_restart(struct account *account)
{
	account->restarts++;
}

/* So many records of the worker are done. */
static inline void
account_done(struct account *account, uint64_t records)
{
	account->done += records;
}

/* One of its records was given up. */
static inline void
account_failed(struct account *account)
{
	account->failed++;
}

/* So many of its records are to be sent again. */
static inline void
account_retry(struct account *account, uint64_t records)
{
	account->retries += records;
}

/* So many bytes of the worker's output count. */
static inline void
account_output(struct account *account, uint64_t bytes)
{
	account->bytes_out += bytes;
}

/* The worker is the link to that host. */
static inline void
account_link(struct account *account, const char *host)
{
	account->host = host;
}

/* The process that was there has ended: how, NULL if well. */
void account_ended(struct account *account, const char *how);

/* The worker has nothing left to do. */
void account_idle(struct account *account);

/* For how long it had records, ns. */
uint64_t account_busy(const struct account *account);

/* Write the table to standard error: a line for each place, and one for all. */
void account_show(const struct accounts *accounts);

#endif
