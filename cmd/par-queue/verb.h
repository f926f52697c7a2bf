/* SPDX-License-Identifier: ISC */
/*
 * verb - the command line of par-queue: a verb, its options, a queue.
 */
#ifndef PAR_QUEUE_VERB_H
#define PAR_QUEUE_VERB_H

#include <stdbool.h>
#include <stdint.h>

#include "backoff.h"
#include "engine.h"

enum verb {
	VERB_PUT,
	VERB_WORK,
	VERB_GET,
	VERB_STAT,
	VERB_PS,
	VERB_DEAD,
	VERB_REVOKE,
	VERB_PAUSE,
	VERB_RESUME,
	VERB_SCALE,
	VERB_RATE,
	VERB_DRAIN,
	VERB_CHECK,
	VERB_PURGE,
	VERB_COPY,
	VERB_COUNT
};

/* Times are in ms. */
struct queue_options {
	enum verb verb;
	struct engine_plan engine, elder;
	struct engine_plan to; /* copy: the other one */
	char **operands; /* behind the verb and its options; ends with NULL */
	int operand_count;

	/* put */
	uint64_t chunk; /* records; 0: by the length of the queue */
	uint64_t delay, at, expires;
	uint64_t limit; /* put: records not finished; work: chunks of results; 0: none */
	const char *producer;
	uint64_t max_record; /* bytes */

	/* put and work */
	bool ids;

	/* put, work and get */
	bool progress;

	/* put and get */
	uint64_t wait;
	bool waits; /* get: --wait was given */

	/* work */
	uint64_t lease, retries, deaths;
	struct backoff backoff;
	uint64_t soft, hard; /* 0: none */
	const char *next;
	bool once;

	/* get */
	const char *state;
	bool keep, follow, dead, ack;
	const char *into; /* a table for results; or NULL */

	/* pause, scale, rate */
	bool anew; /* the queue need not be there */

	/* stat, ps, dead, purge, copy */
	bool json, prometheus, requeue, drop, yes;
};

/* Fill *options; what is wrong ends the program with STATUS_MISUSE. */
void verb_read(struct queue_options *options, int argc, char **argv);

void verb_release(struct queue_options *options);

#endif
