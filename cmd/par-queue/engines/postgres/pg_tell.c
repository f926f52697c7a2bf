/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "num.h"
#include "pg_answer.h"
#include "pg_copy.h"
#include "pg_queue.h"
#include "pg_tell.h"

enum { LONG_WAIT = 24 * 60 * 60 * 1000 /* ms, for what goes through all of a queue */ };

/* The call that was begun, and who waits is woken. */
static enum engine_end
ask(struct pg_queue *queue)
{
	pg_queue_wake(&queue->calls[1], queue->name, PG_ALL);
	return pg_wire_ask(&queue->wire, queue->calls, 2);
}

static enum engine_end
control(struct pg_queue *queue, const struct engine_tell *tell)
{
	static const unsigned kinds[] = {
		[TELL_PAUSED] = 0, [TELL_JOBS] = 1, [TELL_RATE] = 2, [TELL_DRAIN] = 3
	};
	struct pg_call *call = queue->calls;

	pg_queue_begin(
	    queue, call, "SELECT 1::bigint FROM par_queue.control($1, $2, $3)");
	pg_call_number(call, kinds[tell->what]);
	pg_call_text(call, tell->what == TELL_DRAIN ? "" : tell->value);
	return ask(queue);
}

/* Records may move from one place to the other meanwhile: until none is found. */
static enum engine_end
revoke_one(struct pg_queue *queue, struct engine_tell *tell)
{
	struct pg_call *call = queue->calls;
	size_t count = 0;
	uint64_t some = 1;

	tell->records = 0;
	while (tell->numbers[count] != NULL)
		count++;
	while (some > 0) {
		enum engine_end end;

		pg_queue_begin(queue, call, "SELECT * FROM par_queue.revoke($1, $2)");
		pg_call_numbers(call, count);
		for (size_t i = 0; i < count; i++) {
			uint64_t number = 0; /* of none */

			num_parse(tell->numbers[i], 0, INT64_MAX, &number);
			pg_call_add_number(call, number);
		}
		end = ask(queue);
		if (end == ENGINE_OK && !pg_answer_fits(call->result, "1n"))
			end = pg_wire_odd(&queue->wire);
		if (end != ENGINE_OK)
			return end;
		some = pg_answer_number(call->result, 0, 0);
		tell->records += some;
	}
	return ENGINE_OK;
}

static enum engine_end
undead(struct pg_queue *queue, const struct engine_tell *tell)
{
	struct pg_call *call = queue->calls;

	pg_queue_begin(queue, call, "SELECT 1::bigint FROM par_queue.undead($1, $2, $3)");
	pg_call_number(call, tell->what == TELL_REQUEUE);
	pg_call_numbers(call, tell->count);
	for (size_t i = 0; i < tell->count; i++) {
		uint64_t number = 0;

		num_parse(tell->graves[i].id, 0, INT64_MAX, &number);
		pg_call_add_number(call, number);
	}
	return ask(queue);
}

static enum engine_end
purge(struct pg_queue *queue)
{
	pg_queue_begin(queue, queue->calls, "SELECT 1::bigint FROM par_queue.purge($1)");
	return ask(queue);
}

static enum engine_end
tell_one(struct pg_queue *queue, struct engine_tell *tell)
{
	switch (tell->what) {
	case TELL_PAUSED:
	case TELL_JOBS:
	case TELL_RATE:
	case TELL_DRAIN:
		return control(queue, tell);
	case TELL_REVOKE:
		return revoke_one(queue, tell);
	case TELL_REQUEUE:
	case TELL_DROP:
		return undead(queue, tell);
	case TELL_PURGE:
		return purge(queue);
	case TELL_MARK:
		return pg_mark(queue->wire.engine, tell);
	}
	return ENGINE_OK;
}

enum engine_end
pg_tell(struct engine *engine, struct engine_tell *tell)
{
	struct pg_queue *queue = engine->state;
	enum engine_end end;

	queue->wire.answer_wait = LONG_WAIT;
	end = tell_one(queue, tell);
	queue->wire.answer_wait = 0;
	return end;
}
