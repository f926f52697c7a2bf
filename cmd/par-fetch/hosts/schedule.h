/* SPDX-License-Identifier: ISC */
/*
 * schedule - whose turn it is: requests wait in a queue for each host, hosts
 * take turns, none is asked for more at a time, or sooner, than it should be.
 *
 * Times are clock_ms().
 */
#ifndef PAR_FETCH_SCHEDULE_H
#define PAR_FETCH_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hash.h"
#include "request.h"

enum host_state {
	HOST_IDLE, /* nothing to ask for, or as much in flight as may be */
	HOST_READY, /* among those that take turns */
	HOST_RESTING /* until its time has come */
};

/* What the server speaks, where HTTP/2 is asked for. */
enum host_version {
	HOST_ANY, /* nothing else was heard */
	HOST_PLAIN, /* it has answered by HTTP/1.x */
	HOST_MIXED /* HTTP/2 on some connections only: not with it any more */
};

struct host_queue {
	char *key;
	struct host_queue *next; /* that is ready, too */
	struct request *head, **tail; /* its queue */
	enum host_state state;
	unsigned active; /* requests in flight */
	uint64_t not_before; /* of its next request */
	uint64_t penalty; /* how slow it is taken for having been too busy, ms; or 0 */
	unsigned refusals; /* one after the other, for being too busy */
	enum host_version version;
};

/* Something that waits for a time: a host that rests, or a request to be tried again. */
struct due {
	uint64_t at;
	struct host_queue *host; /* or NULL: */
	struct request *request;
};

enum { SCHEDULE_SEEN = 4096 };

struct schedule {
	void *hosts; /* a tree, see tsearch(3) */
	struct hash_key key;
	size_t hosts_seen; /* different ones so far, a lower bound; */
	unsigned char seen[SCHEDULE_SEEN / 8]; /* a bit for each, by its hash */
	struct host_queue *ready, **ready_tail;
	struct due *heap;
	size_t heap_count, heap_size;
	size_t waiting; /* requests here, not in flight */
	unsigned per_host; /* most in flight to a host */
	uint64_t delay; /* between requests to a host, ms */
};

void schedule_open(struct schedule *schedule, unsigned per_host, uint64_t delay);

/* Take request over, behind those of its host, or (first) before them. */
void schedule_add(
    struct schedule *schedule, struct request *request, bool first, uint64_t now);

/* Take request over, and add it as the first of its host when the time is at. */
void schedule_later(struct schedule *schedule, struct request *request, uint64_t at);

/* The request to be started now, then the caller's and in flight; NULL if none is. */
struct request *schedule_next(struct schedule *schedule, uint64_t now);

/* request, from schedule_next(), is not in flight any more. */
void schedule_landed(struct schedule *schedule, struct request *request, uint64_t now);

/* How slow a host is taken that is too busy, at first and at most; milliseconds. */
enum { SCHEDULE_PENALTY = 500, SCHEDULE_PENALTY_MAX = 4000 };

enum { SCHEDULE_HOPELESS = 8 }; /* refusals after which asking again is of no use */

/*
 * host is too busy: ask it for nothing for a while, at least for wanted milliseconds,
 * and then for one thing at a time.  at_most bounds the while.
 */
void
schedule_busy(struct host_queue *host, uint64_t now, uint64_t wanted, uint64_t at_most);

/* host has answered as it should: be less slow with it. */
void schedule_fine(struct host_queue *host);

/* When something that waits is due; UINT64_MAX if nothing does. */
uint64_t schedule_due(const struct schedule *schedule);

/* Nothing waits and nothing is in flight. */
void schedule_close(struct schedule *schedule);

#endif
