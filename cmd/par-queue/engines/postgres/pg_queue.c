/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "pg_queue.h"

/*
 * Who changed something and died before it could tell has woken nobody: all look again
 * after so long, ms, but for that they need not.
 */
enum { LOOK_AGAIN = 15 * 1000, CHANNEL_SQL = 300 };

void *
pg_queue_room(struct engine *engine, struct bytes *given, size_t count, size_t size)
{
	void *room = bytes_anew(given, count * size + 1);

	if (room == NULL)
		engine_broken(engine, "the server: %s", strerror(errno));
	return room;
}

void
pg_queue_begin(struct pg_queue *queue, struct pg_call *call, const char *sql)
{
	pg_call_begin(call, sql);
	pg_call_text(call, queue->name);
}

void
pg_queue_wake(struct pg_call *call, const char *name, unsigned kinds)
{
	pg_call_begin(call, "SELECT 1::bigint FROM par_queue.wake($1, $2)");
	pg_call_text(call, name);
	pg_call_number(call, kinds);
}

/* Another connection listens to nothing. */
static void
look_at_connection(struct pg_queue *queue)
{
	if (queue->made != queue->wire.made)
		queue->listening = queue->armed = 0;
	queue->made = queue->wire.made;
}

bool
pg_queue_sure(struct pg_queue *queue, unsigned kinds)
{
	look_at_connection(queue);
	return queue->wire.conn != NULL && (queue->armed & kinds) == kinds;
}

void
pg_queue_found(struct engine *engine)
{
	engine->poll_count = 0;
}

/* What there is to be heard is gone then: was there any? */
static bool
was_told(struct pg_queue *queue)
{
	bool told = false;
	PGnotify *notify;

	while ((notify = PQnotifies(queue->wire.conn)) != NULL) {
		PQfreemem(notify);
		told = true;
	}
	return told;
}

void
pg_queue_called(struct engine *engine)
{
	struct pg_queue *queue = engine->state;

	if (engine->poll_count == 0)
		return;
	if (queue->wire.conn != NULL && queue->made == queue->wire.made &&
	    !was_told(queue))
		return;
	queue->armed = 0;
	queue->poll.fd = -1;
	engine->due = clock_ms();
}

/* LISTEN has no parameters; the name of a channel is short. */
static enum pg_attempt
listen_to(struct pg_queue *queue, unsigned kind)
{
	PGresult *result;
	char sql[CHANNEL_SQL];
	enum pg_attempt end;

	snprintf(sql, sizeof(sql),
	    "DO $$ BEGIN EXECUTE 'LISTEN par_queue_' || md5('%s') || '_%u'; END $$",
	    queue->name, kind);
	end = pg_wire_run(&queue->wire, sql, NULL, 0, &result);
	PQclear(result);
	if (end == PG_DONE)
		queue->listening |= kind;
	return end;
}

/* Say that we wait, where that is not said. */
static enum pg_attempt
arm(struct pg_wire *wire, void *context)
{
	struct pg_queue *queue = wire->engine->state;
	const unsigned *kinds = context;
	struct pg_call *call = &queue->calls[PG_CALLS - 1];
	enum pg_attempt end = PG_DONE;

	look_at_connection(queue);
	for (unsigned kind = 1; end == PG_DONE && kind < PG_ALL; kind <<= 1)
		if ((*kinds & kind) != 0 && (queue->listening & kind) == 0)
			end = listen_to(queue, kind);
	if (end != PG_DONE)
		return end;
	pg_queue_begin(queue, call, "SELECT 1::bigint FROM par_queue.arm($1, $2)");
	pg_call_number(call, *kinds);
	end = pg_wire_attempt(wire, call, 1);
	if (end == PG_DONE)
		queue->armed = *kinds;
	return end;
}

enum engine_end
pg_queue_await(struct engine *engine, bool sure, unsigned kinds, uint64_t ms)
{
	struct pg_queue *queue = engine->state;
	enum engine_end end;

	if (queue->wire.conn != NULL && was_told(queue))
		sure = false;
	engine->polls = &queue->poll;
	engine->poll_count = 1;
	if (!sure) {
		queue->armed = 0;
		end = pg_wire_try(&queue->wire, arm, &kinds);
		queue->poll.fd = -1;
		engine->due = clock_ms(); /* once more */
		return end;
	}
	queue->poll =
	    (struct pollfd){ .fd = PQsocket(queue->wire.conn), .events = POLLIN };
	engine->due = clock_ms() + (ms < LOOK_AGAIN ? ms : LOOK_AGAIN);
	return ENGINE_OK;
}
