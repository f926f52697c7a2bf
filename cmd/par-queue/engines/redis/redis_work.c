/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "redis_work.h"

enum {
	GIVEN_ID,
	GIVEN_COUNT,
	GIVEN_ATTEMPTS,
	GIVEN_SERIAL,
	GIVEN_EXPIRES,
	GIVEN_RECORDS,
	GIVEN_ALONE
};

static void
copy(char to[static ENGINE_ID_SIZE], const redisReply *reply)
{
	snprintf(to, ENGINE_ID_SIZE, "%.*s", (int)reply->len, reply->str);
}

void
redis_given(struct engine_chunk *chunk, redisReply *const *given)
{
	*chunk = (struct engine_chunk){ .records = reply_number(given[GIVEN_COUNT]),
		.attempts = reply_number(given[GIVEN_ATTEMPTS]),
		.alone = reply_number(given[GIVEN_ALONE]) != 0,
		.data = given[GIVEN_RECORDS]->str,
		.len = given[GIVEN_RECORDS]->len };
	copy(chunk->claim.id, given[GIVEN_ID]);
	copy(chunk->claim.number, given[GIVEN_SERIAL]);
	copy(chunk->claim.expires, given[GIVEN_EXPIRES]);
}

static enum engine_end
take_given(struct engine *engine, const redisReply *reply, struct engine_take *take)
{
	struct queue *queue = engine->state;
	struct engine_chunk *chunks;

	take->count = reply->elements / GIVEN;
	chunks = queue_room(engine, &queue->given, take->count, sizeof(*chunks));
	if (chunks == NULL)
		return ENGINE_BROKEN;
	for (size_t i = 0; i < take->count; i++)
		redis_given(&chunks[i], reply->element + i * GIVEN);
	take->chunks = chunks;
	return ENGINE_OK;
}

static enum engine_end
take_buried(struct engine *engine, const redisReply *reply, struct engine_take *take)
{
	struct queue *queue = engine->state;
	struct engine_burial *burials;

	take->burial_count = reply->elements / BURIED;
	burials =
	    queue_room(engine, &queue->buried, take->burial_count, sizeof(*burials));
	if (burials == NULL)
		return ENGINE_BROKEN;
	for (size_t i = 0; i < take->burial_count; i++) {
		redisReply *const *buried = reply->element + i * BURIED;

		burials[i] =
		    (struct engine_burial){ .record = { buried[0]->str, buried[0]->len },
			    .records = reply_number(buried[1]),
			    .why = { buried[2]->str, buried[2]->len } };
	}
	take->burials = burials;
	return ENGINE_OK;
}

enum engine_end
redis_take(struct engine *engine, struct engine_take *take)
{
	struct queue *queue = engine->state;
	struct call *call = queue->calls;
	enum engine_end end;

	queue_begin(queue, call, SCRIPT_TAKE, 0);
	call_text(call, take->me);
	call_number(call, take->records);
	call_number(call, take->bytes);
	call_number(call, take->lease);
	call_number(call, take->deaths);
	call_number(call, take->results);
	end = wire_ask(&queue->wire, call, TAKEN_SHAPE);
	if (end == ENGINE_OK)
		end = take_given(engine, call->reply->element[0], take);
	if (end == ENGINE_OK)
		end = take_buried(engine, call->reply->element[1], take);
	return end;
}

/* Words for commit.lua: what, n, a, wait, why, records. */
static void
add_part(struct call *call, const struct engine_part *part)
{
	static const char *const names[] = {
		[PART_LATER] = "later", [PART_DEAD] = "dead", [PART_ILL] = "ill"
	};

	call_text(call, names[part->kind]);
	call_number(call, part->records);
	call_number(call, part->attempts);
	call_number(call, part->wait);
	call_text(call, part->why);
	call_bytes(call, part->data, part->len);
}

void
redis_ask_commit(
    const struct queue *queue, struct call *call, const struct engine_commit *commit)
{
	const char *next = commit->next;
	char done[ENGINE_ID_SIZE + 8];

	queue_begin(queue, call, SCRIPT_COMMIT, next == NULL ? 1 : 3);
	snprintf(done, sizeof(done), "done:%s", commit->me);
	queue_add_key(call, queue->name, done);
	if (next != NULL) {
		queue_add_key(call, next, "in");
		queue_add_key(call, next, "meta");
	}
	call_text(call, commit->claim->id);
	call_text(call, commit->claim->number);
	call_text(call, commit->claim->expires);
	call_number(call, commit->records);
	call_number(call, commit->done);
	call_number(call, commit->lines);
	call_bytes(call, commit->results, commit->results_len);
	call_bytes(call, commit->last, commit->last_len);
	call_text(call, commit->untouched ? "" : commit->me);
	for (size_t i = 0; i < commit->part_count; i++)
		add_part(call, &commit->parts[i]);
}

/* Those that the server has no memory for may free some: are there any to ask again? */
static bool
some_full(struct queue *queue, size_t count)
{
	bool full = false;

	for (size_t i = 0; i < count; i++) {
		struct call *call = &queue->calls[i];

		if (!queue_lacks_memory(call->reply))
			continue;
		call_forget(call);
		call->script = SCRIPT_COMMIT_FULL;
		full = true;
	}
	return full;
}

enum engine_end
redis_commit(struct engine *engine, struct engine_commit *commits, size_t count)
{
	struct queue *queue = engine->state;
	enum engine_end end;

	for (size_t i = 0; i < count; i++)
		redis_ask_commit(queue, &queue->calls[i], &commits[i]);
	do
		end = wire_write(&queue->wire, queue->calls, count);
	while (end == ENGINE_OK && some_full(queue, count));
	for (size_t i = 0; end == ENGINE_OK && i < count; i++) {
		const redisReply *reply = queue->calls[i].reply;

		if (!reply_fits(reply, "n"))
			end = wire_odd(&queue->wire, reply);
		commits[i].late = reply_number(reply) == 0;
		commits[i].held = reply_number(reply) == 2;
	}
	for (size_t i = 0; i < count; i++)
		call_free(&queue->calls[i]);
	return end;
}

/* The claim with that id is no longer ours. */
static void
lose(const struct engine_beat *beat, const redisReply *id)
{
	for (size_t i = 0; i < beat->count; i++)
		if (strcmp(beat->claims[i]->id, id->str) == 0)
			beat->claims[i]->lost = true;
}

static enum engine_end
leave(struct queue *queue, const char *me)
{
	struct call *call = queue->calls;

	queue_begin(queue, call, SCRIPT_LEAVE, 0);
	call_text(call, me);
	return wire_ask(&queue->wire, call, "n");
}

enum engine_end
redis_beat(struct engine *engine, struct engine_beat *beat)
{
	struct queue *queue = engine->state;
	struct call *call = queue->calls;
	const redisReply *reply;
	enum engine_end end;
	char about[80];

	if (beat->leaves)
		return leave(queue, beat->me);
	queue_begin(queue, call, SCRIPT_BEAT, 0);
	call_text(call, beat->me);
	snprintf(about, sizeof(about), "%llu\t%llu\t%llu",
	    (unsigned long long)beat->in_flight, (unsigned long long)beat->committed,
	    (unsigned long long)beat->late);
	call_text(call, about);
	for (size_t i = 0; i < beat->count; i++)
		call_text(call, beat->claims[i]->id);
	end = wire_ask(&queue->wire, call, "[nii{t}]");
	if (end != ENGINE_OK)
		return end;
	reply = call->reply;
	beat->now = reply_number(reply->element[0]);
	beat->jobs = reply_number(reply->element[1]);
	beat->drain = reply_number(reply->element[2]);
	for (size_t i = 3; i < reply->elements; i++)
		lose(beat, reply->element[i]);
	return ENGINE_OK;
}
