/* SPDX-License-Identifier: ISC */
/*
 * account - what each worker did: the table of --stats and SIGUSR1.
 */
#ifndef PAR_RUN_ACCOUNT_H
#define PAR_RUN_ACCOUNT_H

#include <stdint.h>

#include "host.h"

struct run;
struct slot;

/* Of one worker's place, all processes in it together. */
struct account {
	uint64_t starts, restarts; /* of processes */
	uint64_t given, done, failed; /* records */
	uint64_t retries; /* records to be sent again */
	uint64_t bytes_in, bytes_out;
	uint64_t busy; /* ns in which it had records */
	uint64_t busy_since; /* clock_ns(); 0: it has none */
};

/* It gets count records of so many bytes together. */
void account_given(struct slot *slot, uint64_t count, uint64_t bytes);

/* It has nothing left to do. */
void account_idle(struct slot *slot);

enum { ACCOUNT_NAME = HOST_NAME_MOST + 1 }; /* room for a name, bytes */

/* What tables call the place: its number, or its host; name, for at once. */
const char *account_name(const struct slot *slot, char name[ACCOUNT_NAME]);

/* Write the table to standard error: a line for each place, and one for all. */
void account_show(const struct run *run);

#endif
