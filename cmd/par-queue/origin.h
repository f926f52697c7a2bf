/* SPDX-License-Identifier: ISC */
/*
 * origin - the queues that a worker takes from, each as often as its weight says, and
 * what it tells them.  What an engine cannot do ends the program, with its reason.
 */
#ifndef PAR_QUEUE_ORIGIN_H
#define PAR_QUEUE_ORIGIN_H

#include "lease.h"
#include "verb.h"

enum { ORIGINS_MAX = 64 };

struct origin {
	struct engine engine;
	char name[ENGINE_NAME_MAX + 1];
	uint64_t weight;
	int64_t priority; /* grows by weight; the largest is asked first */
	uint64_t started; /* by the engine's clock, ms; 0: not known yet */
	uint64_t jobs; /* most records in flight, as it told; 0: no limit */
	bool drain; /* it told us to end */
};

struct origins {
	const struct queue_options *options;
	char me[ENGINE_ID_SIZE];
	struct origin *all;
	size_t count, missing; /* so many of them were not there at the beginning */
	int64_t weights; /* of all together */
	struct lease_list leases;
	struct engine_claim **claims; /* for beats: room for so many */
	size_t claims_size;
	struct pollfd *polls; /* of all engines */
	size_t polls_size;
	uint64_t numbers; /* records taken so far */
	uint64_t committed, late; /* chunks */
	uint64_t ill; /* chunks that were none or came too late, and buried */
	uint64_t lost; /* records that were given to others or revoked */
	bool full; /* an engine had no room for what is finished when last asked */
	bool told; /* that was said */
	uint64_t took; /* ms that a take takes, of late; 0: less than one */
};

/* What to take: so many records or bytes, or a little more. */
struct want {
	uint64_t records;
	size_t bytes;
};

/* list: QUEUE[=WEIGHT],...  NULL, or what is wrong with it. */
const char *
origins_open(struct origins *origins, const struct queue_options *options, char *list);

/* Signals that come end the waiting for an engine. */
void origins_wake(struct origins *origins, int fd);

/* We are to end at once: wait for engines that are away only a moment from now on. */
void origins_hurry(struct origins *origins);

/*
 * Take chunks: they are added to origins->leases, and their records pushed to todo,
 * or to suspects if workers died with them.  How many chunks; 0 if there are none now.
 */
size_t origins_take(struct origins *origins, const struct want *want,
    struct batch_queue *todo, struct batch_queue *suspects);

/* Would a chunk that goes back to the queue of the lease be another worker's at once? */
bool origins_short(struct origins *origins, const struct lease *lease);

/* Commit what is finished; last: the last line that the stage wrote to its stderr. */
void origins_commit(struct origins *origins, const char *last, size_t last_len);

/*
 * Renew leases, say that we are alive and with how many records in flight, and hear
 * what is wanted of us.
 */
void origins_beat(struct origins *origins, uint64_t in_flight);

/* Is nothing waiting, delayed or running, in any of them? */
bool origins_finished(struct origins *origins);

/* The same, as far as is known at once: when we leave. */
bool origins_empty(struct origins *origins);

/*
 * Nothing was there: do all of them tell when there may be?  Then what tells it, count of
 * them, and *due, clock_ms(), when to ask without.
 */
bool origins_await(
    struct origins *origins, struct pollfd **polls, size_t *count, uint64_t *due);

/* The most records that may be in flight, as told; UINT64_MAX: no limit. */
uint64_t origins_jobs(const struct origins *origins);

/* See that the first can be trusted, before it is used. */
void origins_ready(struct origins *origins);

/* Is there none of the queues?  Those that are not there are named. */
bool origins_missing(struct origins *origins);

/* Was it asked of us to end, by one of them? */
bool origins_drained(const struct origins *origins);

/* Take leave of them. */
void origins_close(struct origins *origins);

#endif
