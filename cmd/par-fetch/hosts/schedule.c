/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "diag.h"
#include "grow.h"
#include "need.h"
#include "schedule.h"

enum { MOST_TIMERS = INT32_MAX };

void
schedule_open(struct schedule *schedule, unsigned per_host, uint64_t delay)
{
	*schedule = (struct schedule){
		.key = hash_random_key(), .per_host = per_host, .delay = delay
	};
	schedule->ready_tail = &schedule->ready;
}

static int
by_key(const void *one, const void *other)
{
	const struct host_queue *a = one, *b = other;

	return strcmp(a->key, b->key);
}

/* Count a host that was not there before: roughly, each once. */
static void
note_host(struct schedule *schedule, const char *key)
{
	uint64_t bit = hash_keyed(key, strlen(key), &schedule->key) % SCHEDULE_SEEN;
	unsigned char mask = (unsigned char)(1 << bit % 8);

	if ((schedule->seen[bit / 8] & mask) != 0)
		return;
	schedule->seen[bit / 8] |= mask;
	schedule->hosts_seen++;
}

static struct host_queue *
find_host(struct schedule *schedule, char *key)
{
	const struct host_queue wanted = { .key = key };
	struct host_queue *host, **found;

	found = tfind(&wanted, &schedule->hosts, by_key);
	if (found != NULL)
		return *found;
	host = calloc(1, sizeof(*host));
	if (host == NULL)
		die(STATUS_BROKEN, errno, "host");
	host->key = need_string(key, strlen(key));
	host->tail = &host->head;
	if (tsearch(host, &schedule->hosts, by_key) == NULL)
		die(STATUS_BROKEN, errno, "host");
	note_host(schedule, key);
	return host;
}

static void
forget(struct schedule *schedule, struct host_queue *host)
{
	tdelete(host, &schedule->hosts, by_key);
	free(host->key);
	free(host);
}

/* Put something that waits into the heap: the soonest is on top. */
static void
push_due(struct schedule *schedule, struct due due)
{
	size_t at = schedule->heap_count++;
	struct due *larger = grow(
	    schedule->heap, &schedule->heap_size, at + 1, sizeof(*larger), MOST_TIMERS);

	if (larger == NULL)
		die(STATUS_BROKEN, errno, "timers");
	schedule->heap = larger;
	while (at > 0 && schedule->heap[(at - 1) / 2].at > due.at) {
		schedule->heap[at] = schedule->heap[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	schedule->heap[at] = due;
}

static struct due
pop_due(struct schedule *schedule)
{
	struct due top = schedule->heap[0], last = schedule->heap[--schedule->heap_count];
	size_t at = 0, child;

	while ((child = 2 * at + 1) < schedule->heap_count) {
		if (child + 1 < schedule->heap_count &&
		    schedule->heap[child + 1].at < schedule->heap[child].at)
			child++;
		if (schedule->heap[child].at >= last.at)
			break;
		schedule->heap[at] = schedule->heap[child];
		at = child;
	}
	if (schedule->heap_count > 0)
		schedule->heap[at] = last;
	return top;
}

/* Something about host has changed: give it the place where it belongs now. */
static void
rehome(struct schedule *schedule, struct host_queue *host, uint64_t now)
{
	unsigned limit = host->penalty > 0 ? 1 : schedule->per_host;

	if (host->state != HOST_IDLE)
		return;
	if (host->head == NULL && host->active == 0 && host->not_before <= now) {
		forget(schedule, host);
		return;
	}
	if (host->active >= limit || (host->head == NULL && host->active > 0))
		return;
	if (host->not_before > now) {
		host->state = HOST_RESTING;
		push_due(schedule, (struct due){ .at = host->not_before, .host = host });
		return;
	}
	host->state = HOST_READY;
	host->next = NULL;
	*schedule->ready_tail = host;
	schedule->ready_tail = &host->next;
}

/* Bring back what has waited long enough. */
static void
wake(struct schedule *schedule, uint64_t now)
{
	while (schedule->heap_count > 0 && schedule->heap[0].at <= now) {
		struct due due = pop_due(schedule);

		if (due.host != NULL) {
			due.host->state = HOST_IDLE;
			rehome(schedule, due.host, now);
		} else {
			schedule->waiting--;
			schedule_add(schedule, due.request, true, now);
		}
	}
}

void
schedule_add(struct schedule *schedule, struct request *request, bool first, uint64_t now)
{
	struct host_queue *host = find_host(schedule, request->target.key);

	request->host = host;
	schedule->waiting++;
	if (first) {
		request->next = host->head;
		host->head = request;
		if (request->next == NULL)
			host->tail = &request->next;
	} else {
		request->next = NULL;
		*host->tail = request;
		host->tail = &request->next;
	}
	rehome(schedule, host, now);
}

void
schedule_later(struct schedule *schedule, struct request *request, uint64_t at)
{
	schedule->waiting++;
	push_due(schedule, (struct due){ .at = at, .request = request });
}

/* The first host whose turn it is, taken off the ring. */
static struct host_queue *
pop_ready(struct schedule *schedule)
{
	struct host_queue *host = schedule->ready;

	if (host == NULL)
		return NULL;
	schedule->ready = host->next;
	if (schedule->ready == NULL)
		schedule->ready_tail = &schedule->ready;
	host->state = HOST_IDLE;
	return host;
}

struct request *
schedule_next(struct schedule *schedule, uint64_t now)
{
	struct request *request;
	struct host_queue *host;

	wake(schedule, now);
	host = pop_ready(schedule);
	while (host != NULL &&
	    host->not_before > now) { /* told to wait since it was ready */
		rehome(schedule, host, now);
		host = pop_ready(schedule);
	}
	if (host == NULL)
		return NULL;
	request = host->head;
	host->head = request->next;
	if (host->head == NULL)
		host->tail = &host->head;
	request->next = NULL;
	schedule->waiting--;
	host->active++;
	if (schedule->delay > 0 || request->delay > 0)
		host->not_before = now +
		    (schedule->delay > request->delay ? schedule->delay : request->delay);
	rehome(schedule, host, now);
	return request;
}

void
schedule_landed(struct schedule *schedule, struct request *request, uint64_t now)
{
	struct host_queue *host = request->host;

	request->host = NULL;
	host->active--;
	rehome(schedule, host, now);
}

void
schedule_busy(struct host_queue *host, uint64_t now, uint64_t wanted, uint64_t at_most)
{
	const struct backoff penalty = { .first = SCHEDULE_PENALTY,
		.longest =
		    at_most < SCHEDULE_PENALTY_MAX ? at_most : SCHEDULE_PENALTY_MAX };
	uint64_t pause;

	host->refusals++;
	host->penalty = backoff_next(&penalty, host->penalty);
	pause = wanted > host->penalty ? wanted : host->penalty;
	if (pause > at_most)
		pause = at_most;
	if (host->not_before < now + pause)
		host->not_before = now + pause;
}

void
schedule_fine(struct host_queue *host)
{
	host->refusals = 0;
	host->penalty = host->penalty > SCHEDULE_PENALTY / 4 ? host->penalty / 2 : 0;
}

uint64_t
schedule_due(const struct schedule *schedule)
{
	return schedule->heap_count > 0 ? schedule->heap[0].at : UINT64_MAX;
}

void
schedule_close(struct schedule *schedule)
{
	while (schedule->hosts != NULL)
		forget(schedule, *(struct host_queue **)schedule->hosts);
	free(schedule->heap);
}
