/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "queue.h"
#include "redis_copy.h"
#include "redis_put.h"

enum { KEPT_WORDS = 256 << 10 /* memory of a call that is kept for the next, bytes */ };

/* A producer begins, or needs more numbers. */
static enum engine_end
begin(struct queue *queue, struct engine_put *put)
{
	struct call *call = queue->calls;
	enum engine_end end;

	queue_begin(queue, call, SCRIPT_BEGIN, 1);
	queue_add_producer(queue, call, put->producer);
	call_number(call, put->numbers);
	end = wire_ask(&queue->wire, call, "[nn]");
	if (end == ENGINE_OK) {
		put->come = reply_number(call->reply->element[0]);
		put->first = reply_number(call->reply->element[1]);
	}
	return end;
}

static void
ask(const struct queue *queue, struct call *call, const struct engine_put *put,
    const struct engine_piece *piece)
{
	queue_begin(queue, call, SCRIPT_PUT, 1);
	queue_add_producer(queue, call, put->producer);
	call_number(call, piece->from);
	call_number(call, piece->to);
	call_number(call, put->keep);
	call_number(call, put->limit);
	call_number(call, put->delay);
	call_number(call, put->at);
	call_number(call, put->expires);
	call_number(call, piece->number);
	call_number(call, piece->records);
	call_bytes(call, piece->data, piece->len);
}

static enum engine_end
hear(struct queue *queue, const redisReply *reply, struct engine_piece *piece)
{
	const char *what;

	if (queue_lacks_memory(reply)) {
		piece->outcome = PIECE_NO_MEMORY;
		return ENGINE_OK;
	}
	if (!reply_fits(reply, "[tni]"))
		return wire_odd(&queue->wire, reply);
	what = reply->element[0]->str;
	piece->outcome = strcmp(what, "ok") == 0 ? PIECE_TAKEN
	    : strcmp(what, "full") == 0		 ? PIECE_FULL
	    : strcmp(what, "memory") == 0	 ? PIECE_NO_MEMORY
						 : PIECE_ELSEWHERE;
	piece->come = reply_number(reply->element[1]);
	piece->open = reply_number(reply->element[2]);
	return ENGINE_OK;
}

static enum engine_end
put_pieces(struct queue *queue, const struct engine_put *put)
{
	struct engine_piece *pieces = put->pieces;
	size_t count = put->count;
	enum engine_end end;

	for (size_t i = 0; i < count; i++)
		ask(queue, &queue->calls[i], put, &pieces[i]);
	end = wire_write(&queue->wire, queue->calls, count);
	for (size_t i = 0; end == ENGINE_OK && i < count; i++)
		end = hear(queue, queue->calls[i].reply, &pieces[i]);
	for (size_t i = 0; i < count; i++) {
		call_forget(&queue->calls[i]);
		bytes_clear(&queue->calls[i].words, KEPT_WORDS);
	}
	return end;
}

/* A producer will not come again. */
static enum engine_end
forget(struct queue *queue, const char *producer)
{
	struct call *call = queue->calls;

	call_begin(call, SCRIPT_NONE);
	call_text(call, "DEL");
	queue_add_producer(queue, call, producer);
	return wire_ask(&queue->wire, call, "n");
}

enum engine_end
redis_put(struct engine *engine, struct engine_put *put)
{
	if (put->copied != NULL)
		return redis_put_copied(engine, put);
	if (put->numbers > 0)
		return begin(engine->state, put);
	if (put->last)
		return forget(engine->state, put->producer);
	return put_pieces(engine->state, put);
}
