/* SPDX-License-Identifier: ISC */
/*
 * pg_queue - one queue on a server, and how its users wait: who finds nothing says so and
 * looks once more; who changes something then notifies who said so.
 */
#ifndef PAR_QUEUE_PG_QUEUE_H
#define PAR_QUEUE_PG_QUEUE_H

#include <poll.h>

#include "pg_call.h"
#include "pg_wire.h"

/* What is waited for, as bits. */
enum pg_kinds {
	PG_WORK = 1, /* there is something to take, or to hear */
	PG_RESULTS = 2, /* results, or the end of records */
	PG_ROOM = 4, /* fewer records are unfinished, */
	PG_READ = 8, /* or fewer results are there */
	PG_ALL = 15
};

enum { PG_CALLS = 3 };

/* The state of an engine.  What is given to callers is in the result of a call. */
struct pg_queue {
	const char *name;
	struct pg_wire wire;
	struct pg_call calls[PG_CALLS];
	struct pg_call page; /* of dead ones, */
	struct bytes graves; /* that they are */
	struct bytes given, buried; /* what else callers were given last */
	struct bytes rows, sql; /* of what is put */
	uint64_t id; /* as the server has it; 0: not known */
	bool full; /* there was no room for what was put last */
	/* For this connection: */
	unsigned long long made; /* which it is */
	unsigned listening, armed; /* kinds */
	struct pollfd poll;
};

/* Room in given for what callers get: count of size bytes; NULL: the engine is broken. */
void *
pg_queue_room(struct engine *engine, struct bytes *given, size_t count, size_t size);

/* Begin a call with the name of the queue as its first parameter. */
void pg_queue_begin(struct pg_queue *queue, struct pg_call *call, const char *sql);

/* A call behind others, which wakes who waits for these at a queue. */
void pg_queue_wake(struct pg_call *call, const char *name, unsigned kinds);

/* Did we say that we wait for these, and has nobody changed anything since?  Then what is
 * not found now will not be there without a word. */
bool pg_queue_sure(struct pg_queue *queue, unsigned kinds);

/*
 * Nothing was found, and sure is what pg_queue_sure() said before: the caller is to wait
 * for these, at most for ms, UINT64_MAX for any time; or to look once more.
 */
enum engine_end
pg_queue_await(struct engine *engine, bool sure, unsigned kinds, uint64_t ms);

/* The caller has no reason to wait. */
void pg_queue_found(struct engine *engine);

/* Another call was made, which may have heard what the caller waits for. */
void pg_queue_called(struct engine *engine);

#endif
