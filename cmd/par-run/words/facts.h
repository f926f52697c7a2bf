/* SPDX-License-Identifier: ISC */
/*
 * facts - what a process for some records is told of them by its environment.
 */
#ifndef PAR_RUN_FACTS_H
#define PAR_RUN_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "batch.h"

enum { FACTS_OTHERS = 16 }; /* variables that are not of records, at most */
enum { FACTS_RUN = BATCH_RUN }; /* the longest text that tells a run from others */

struct record_facts {
	bool named; /* the records say which run they are of */
	char run[FACTS_RUN + 1]; /* which one it is; "": it follows from their bytes, if
				    the records do not say it */
	char record[40], records[40], tries[40],
	    id[FACTS_RUN + 64]; /* PAR_RECORD=7, ... */
	const char *env[FACTS_OTHERS + 5];
};

/* The run has this number, from one run that goes on to the next. */
void facts_number(struct record_facts *facts, uint64_t number);

/*
 * NAME=VALUE for these records, with those of others, which are few, ended by NULL; until
 * the next call.
 */
const char *const *facts_env(
    struct record_facts *facts, const struct batch *records, const char *const *others);

#endif
