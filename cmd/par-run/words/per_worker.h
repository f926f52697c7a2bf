/* SPDX-License-Identifier: ISC */
/*
 * per_worker - variables of the environment of which each worker has a value of its own,
 * by its number.
 */
#ifndef PAR_RUN_PER_WORKER_H
#define PAR_RUN_PER_WORKER_H

#include <stddef.h>
#include <stdint.h>

enum { PER_WORKER_MOST = 8 /* variables */ };

/* One variable: NAME=VALUE for each worker. */
struct per_worker_one {
	const char *text; /* NAME=VALUE,VALUE, as it was given */
	char *values; /* count texts NAME=VALUE, each ended by a NUL */
	size_t count;
};

/* All zero: there are none. */
struct per_worker {
	struct per_worker_one list[PER_WORKER_MOST];
	size_t count;
};

/*
 * Add NAME=VALUE,VALUE to a struct per_worker; for OPT_CALL.  A backslash takes what a
 * comma, or another one, behind it means.
 */
const char *per_worker_read(void *per_worker, const char *value);

/* How many workers there may be for it: UINT64_MAX, or the least number of values; */
uint64_t per_worker_workers(const struct per_worker *per_worker);

/* and what is said where there are to be more. */
extern const char per_worker_few[];

/*
 * Put NAME=VALUE of worker number, from 1, to env, which has room for PER_WORKER_MOST: of
 * those that have a value for it.  How many these are; they last as long as per_worker.
 */
size_t
per_worker_env(const struct per_worker *per_worker, uint64_t number, const char **env);

void per_worker_free(struct per_worker *per_worker);

#endif
