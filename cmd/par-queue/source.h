/* SPDX-License-Identifier: ISC */
/*
 * source - the queues that a worker takes from, each as often as its weight says,
 * and what it tells them.
 */
#ifndef PAR_QUEUE_SOURCE_H
#define PAR_QUEUE_SOURCE_H

#include "chunk.h"
#include "options.h"

enum { SOURCES_MAX = 64 };

struct source {
	struct queue queue;
	char name[QUEUE_NAME_MAX + 1];
	uint64_t weight;
	int64_t turn; /* grows by weight; the largest is asked first */
	uint64_t started; /* by the server's clock, ms; 0: not known yet */
	uint64_t jobs; /* most records in flight, as it told; 0: no limit */
	bool drain; /* it told us to end */
};

struct sources {
	const struct queue_options *options;
	char me[QUEUE_ID_MAX];
	struct source *all;
	size_t count;
	int64_t weights; /* of all together */
	struct chunk_list chunks;
	uint64_t numbers; /* records taken so far */
	uint64_t committed, late; /* chunks */
	uint64_t ill; /* chunks that were none or came too late, and buried */
	uint64_t lost; /* records that were given to others or revoked */
};

/* What to take: so many records or bytes, or a little more. */
struct room {
	uint64_t records;
	size_t bytes;
};

/* list: QUEUE[=WEIGHT],...  NULL, or what is wrong with it. */
const char *
sources_open(struct sources *sources, const struct queue_options *options, char *list);

/* Signals that come end the waiting for a server. */
void sources_wake(struct sources *sources, int fd);

/* We are to end at once: wait for servers that are away only a moment from now on. */
void sources_hurry(struct sources *sources);

/*
 * Take chunks: they are added to sources->chunks, and their records pushed to todo,
 * or to suspects if workers died with them.  How many chunks; 0 if there are none now.
 */
size_t sources_take(struct sources *sources, const struct room *room,
    struct batch_queue *todo, struct batch_queue *suspects);

/* Commit what is finished; last: the last line that the stage wrote to its stderr. */
void sources_commit(struct sources *sources, const char *last, size_t last_len);

/*
 * Renew leases, say that we are alive and with how many records in flight, and hear
 * what is wanted of us.
 */
void sources_beat(struct sources *sources, uint64_t in_flight);

/* Is nothing waiting, delayed or running, in any of them? */
bool sources_finished(struct sources *sources);

/* The most records that may be in flight, as told; UINT64_MAX: no limit. */
uint64_t sources_jobs(const struct sources *sources);

/* Was it asked of us to end, by one of them? */
bool sources_drained(const struct sources *sources);

/* Take leave of them. */
void sources_close(struct sources *sources);

#endif
