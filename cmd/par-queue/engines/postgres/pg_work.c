/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "num.h"
#include "pg_answer.h"
#include "pg_queue.h"
#include "pg_work.h"

enum {
	CHUNK_ID,
	CHUNK_NUMBER,
	CHUNK_EXPIRES,
	CHUNK_RECORDS,
	CHUNK_ATTEMPTS,
	CHUNK_ALONE,
	CHUNK_DATA
};

enum { BURIAL_WHAT, BURIAL_NUMBER, BURIAL_WHY, BURIAL_FIRST };

enum { COMMIT_BYTES = 64 << 20 /* of results and parts in a step, but for one chunk */ };

static const char take_sql[] =
    "SELECT * FROM par_queue.take($1, $2, $3, $4, $5, $6, $7, $8)";
static const char given_sql[] = "SELECT * FROM par_queue.given_chunks()";
static const char commit_sql[] = "SELECT * FROM par_queue.commit($1, $2, $3, $4, $5, $6, "
				 "$7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
static const char beat_sql[] = "SELECT * FROM par_queue.beat($1, $2, $3, $4, $5, $6)";
static const char leave_sql[] = "SELECT 1::bigint FROM par_queue.leave($1, $2)";

/* A number for the server, which has none above INT64_MAX. */
static void
limited(struct pg_call *call, uint64_t number)
{
	pg_call_number(call, number < INT64_MAX ? number : INT64_MAX);
}

static enum engine_end
take_given(struct engine *engine, const PGresult *result, struct engine_take *take)
{
	struct pg_queue *queue = engine->state;
	struct engine_chunk *chunks;

	take->count = (size_t)PQntuples(result);
	chunks = pg_queue_room(engine, &queue->given, take->count, sizeof(*chunks));
	if (chunks == NULL)
		return ENGINE_BROKEN;
	for (size_t i = 0; i < take->count; i++) {
		int row = (int)i;
		struct engine_text data = pg_answer_bytes(result, row, CHUNK_DATA);

		chunks[i] = (struct engine_chunk){ .records = pg_answer_number(
						       result, row, CHUNK_RECORDS),
			.attempts = pg_answer_number(result, row, CHUNK_ATTEMPTS),
			.alone = pg_answer_number(result, row, CHUNK_ALONE) != 0,
			.data = data.data,
			.len = data.len };
		pg_answer_copy(chunks[i].claim.id, result, row, CHUNK_ID);
		pg_answer_copy(chunks[i].claim.number, result, row, CHUNK_NUMBER);
		pg_answer_copy(chunks[i].claim.expires, result, row, CHUNK_EXPIRES);
	}
	take->chunks = chunks;
	return ENGINE_OK;
}

/* All rows but the last one are of chunks that died. */
static enum engine_end
take_buried(struct engine *engine, const PGresult *result, struct engine_take *take)
{
	struct pg_queue *queue = engine->state;
	struct engine_burial *burials;

	take->burial_count = (size_t)PQntuples(result) - 1;
	burials =
	    pg_queue_room(engine, &queue->buried, take->burial_count, sizeof(*burials));
	if (burials == NULL)
		return ENGINE_BROKEN;
	for (size_t i = 0; i < take->burial_count; i++) {
		int row = (int)i;
		uint64_t records = pg_answer_number(result, row, BURIAL_NUMBER);

		burials[i] = (struct engine_burial){ .record = pg_answer_bytes(
							 result, row, BURIAL_FIRST),
			.records = records > INT64_MAX ? 0 : records,
			.why = pg_answer_bytes(result, row, BURIAL_WHY) };
	}
	take->burials = burials;
	return ENGINE_OK;
}

/* Burials are results of the queue, in a way: who waits for its end is woken. */
static enum engine_end
wake_others(struct engine *engine, unsigned kinds)
{
	struct pg_queue *queue = engine->state;
	struct pg_call *call = &queue->calls[PG_CALLS - 1];

	pg_queue_wake(call, queue->name, kinds);
	return pg_wire_ask(&queue->wire, call, 1);
}

static void
ask_to_take(struct pg_queue *queue, const struct engine_take *take, bool sure)
{
	struct pg_call *call = queue->calls;

	pg_queue_begin(queue, call, take_sql);
	pg_call_text(call, take->me);
	limited(call, take->records);
	limited(call, take->bytes);
	limited(call, take->lease);
	limited(call, take->deaths);
	limited(call, take->results);
	pg_call_number(call, sure);
	pg_call_begin(&queue->calls[1], given_sql);
}

enum engine_end
pg_take(struct engine *engine, struct engine_take *take)
{
	struct pg_queue *queue = engine->state;
	const unsigned kinds = PG_WORK | PG_READ;
	bool sure = pg_queue_sure(queue, kinds);
	uint64_t due;
	int last;
	enum engine_end end;

	ask_to_take(queue, take, sure);
	end = pg_wire_ask(&queue->wire, queue->calls, 2);
	if (end != ENGINE_OK)
		return end;
	last = PQntuples(queue->calls[0].result) - 1;
	if (!pg_answer_fits(queue->calls[0].result, "tibb") || last < 0 ||
	    !pg_answer_fits(queue->calls[1].result, "tttnnnb"))
		return pg_wire_odd(&queue->wire);
	end = take_given(engine, queue->calls[1].result, take);
	if (end == ENGINE_OK)
		end = take_buried(engine, queue->calls[0].result, take);
	if (end == ENGINE_OK && take->burial_count > 0)
		end = wake_others(engine, PG_RESULTS | PG_ROOM);
	if (end != ENGINE_OK)
		return end;
	if (take->count > 0 || take->burial_count > 0) {
		pg_queue_found(engine);
		return ENGINE_OK;
	}
	due = pg_answer_number(queue->calls[0].result, last, BURIAL_NUMBER);
	return pg_queue_await(engine, sure, kinds, due);
}

static void
add_number_text(struct pg_call *call, const char *text)
{
	uint64_t number = 0;
	bool below = *text == '-'; /* an id that was given */

	num_parse(text + below, 0, INT64_MAX, &number);
	pg_call_add_number(call, below ? 0 - number : number);
}

/* A text of the array. */
static void
add_text(struct pg_call *call, const char *text)
{
	const char *some = text == NULL ? "" : text;

	pg_call_add(call, some, strlen(some));
}

/* What is of each chunk: one array after the other. */
static void
ask_chunks(struct pg_call *call, const struct engine_commit *commits, size_t count)
{
	pg_call_numbers(call, count);
	for (size_t i = 0; i < count; i++)
		add_number_text(call, commits[i].claim->id);
	pg_call_numbers(call, count);
	for (size_t i = 0; i < count; i++)
		pg_call_add_number(call, commits[i].records);
	pg_call_numbers(call, count);
	for (size_t i = 0; i < count; i++)
		pg_call_add_number(call, commits[i].done);
	pg_call_numbers(call, count);
	for (size_t i = 0; i < count; i++)
		pg_call_add_number(call, commits[i].lines);
	pg_call_datas(call, count);
	for (size_t i = 0; i < count; i++)
		pg_call_add(call, commits[i].results, commits[i].results_len);
	pg_call_texts(call, count);
	for (size_t i = 0; i < count; i++)
		add_text(call, commits[i].next);
	pg_call_texts(call, count);
	for (size_t i = 0; i < count; i++)
		add_text(call, commits[i].me);
	pg_call_datas(call, count);
	for (size_t i = 0; i < count; i++)
		pg_call_add(call, commits[i].last, commits[i].last_len);
}

/* What is of a part, as a number. */
static uint64_t
number_of(const struct engine_part *part, int which)
{
	switch (which) {
	case 0:
		return part->kind == PART_LATER ? 0 : part->kind == PART_DEAD ? 1 : 2;
	case 1:
		return part->records;
	case 2:
		return part->attempts;
	default:
		return part->wait;
	}
}

/* What is of each part of them: of which chunk it is, by its place from 1, and more. */
static void
ask_parts(struct pg_call *call, const struct engine_commit *commits, size_t count)
{
	size_t parts = 0;

	for (size_t i = 0; i < count; i++)
		parts += commits[i].part_count;
	pg_call_numbers(call, parts);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < commits[i].part_count; j++)
			pg_call_add_number(call, i + 1);
	for (int which = 0; which < 4; which++) {
		pg_call_numbers(call, parts);
		for (size_t i = 0; i < count; i++)
			for (size_t j = 0; j < commits[i].part_count; j++)
				pg_call_add_number(
				    call, number_of(&commits[i].parts[j], which));
	}
	pg_call_datas(call, parts);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < commits[i].part_count; j++)
			add_text(call, commits[i].parts[j].why);
	pg_call_datas(call, parts);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < commits[i].part_count; j++)
			pg_call_add(
			    call, commits[i].parts[j].data, commits[i].parts[j].len);
}

static size_t
size_of(const struct engine_commit *commit)
{
	size_t size = commit->results_len + commit->last_len;

	for (size_t i = 0; i < commit->part_count; i++)
		size += commit->parts[i].len;
	return size;
}

/* Do the results of both go to one queue, or to none? */
static bool
together(const struct engine_commit *a, const struct engine_commit *b)
{
	return a->next == b->next ||
	    (a->next != NULL && b->next != NULL && strcmp(a->next, b->next) == 0);
}

/* How many of them go in one step, of which one next queue is told. */
static size_t
some_of(const struct engine_commit *commits, size_t count)
{
	size_t some = 1, size = size_of(commits);

	while (some < count && together(commits, &commits[some]) &&
	    (size += size_of(&commits[some])) <= COMMIT_BYTES)
		some++;
	return some;
}

static enum engine_end
commit_some(struct engine *engine, struct engine_commit *commits, size_t count)
{
	struct pg_queue *queue = engine->state;
	struct pg_call *call = queue->calls;
	const char *next = commits[0].next;
	size_t calls = 2;
	enum engine_end end;

	pg_queue_begin(queue, call, commit_sql);
	ask_chunks(call, commits, count);
	ask_parts(call, commits, count);
	pg_queue_wake(&queue->calls[1], queue->name, PG_WORK | PG_RESULTS | PG_ROOM);
	if (next != NULL && strcmp(next, queue->name) != 0)
		pg_queue_wake(&queue->calls[calls++], next, PG_WORK);
	end = pg_wire_ask(&queue->wire, queue->calls, calls);
	if (end == ENGINE_OK &&
	    (!pg_answer_fits(call->result, "n") || PQntuples(call->result) != (int)count))
		end = pg_wire_odd(&queue->wire);
	if (end != ENGINE_OK)
		return end;
	for (size_t i = 0; i < count; i++)
		commits[i].late = pg_answer_number(call->result, (int)i, 0) != 0;
	pg_queue_called(engine);
	return ENGINE_OK;
}

enum engine_end
pg_commit(struct engine *engine, struct engine_commit *commits, size_t count)
{
	enum engine_end end = ENGINE_OK;

	for (size_t some; end == ENGINE_OK && count > 0; commits += some, count -= some) {
		some = some_of(commits, count);
		end = commit_some(engine, commits, some);
	}
	return end;
}

static enum engine_end
leave(struct engine *engine, const char *me)
{
	struct pg_queue *queue = engine->state;

	pg_queue_begin(queue, queue->calls, leave_sql);
	pg_call_text(queue->calls, me);
	pg_queue_wake(&queue->calls[1], queue->name, PG_WORK);
	return pg_wire_ask(&queue->wire, queue->calls, 2);
}

/* Is this id in a list of them with blanks between? */
static bool
is_listed(const char *list, const char *id)
{
	size_t len = strlen(id);

	for (; *list != '\0'; list += strcspn(list, " "), list += *list == ' ')
		if (strcspn(list, " ") == len && memcmp(list, id, len) == 0)
			return true;
	return false;
}

enum engine_end
pg_beat(struct engine *engine, struct engine_beat *beat)
{
	struct pg_queue *queue = engine->state;
	struct pg_call *call = queue->calls;
	const char *lost;
	enum engine_end end;

	if (beat->leaves)
		return leave(engine, beat->me);
	pg_queue_begin(queue, call, beat_sql);
	pg_call_text(call, beat->me);
	pg_call_number(call, beat->in_flight);
	pg_call_number(call, beat->committed);
	pg_call_number(call, beat->late);
	pg_call_numbers(call, beat->count);
	for (size_t i = 0; i < beat->count; i++)
		add_number_text(call, beat->claims[i]->id);
	end = pg_wire_ask(&queue->wire, call, 1);
	if (end == ENGINE_OK && !pg_answer_fits(call->result, "1nnns"))
		end = pg_wire_odd(&queue->wire);
	if (end != ENGINE_OK)
		return end;
	beat->now = pg_answer_number(call->result, 0, 0);
	beat->jobs = pg_answer_number(call->result, 0, 1);
	beat->drain = pg_answer_number(call->result, 0, 2);
	lost = PQgetvalue(call->result, 0, 3);
	for (size_t i = 0; *lost != '\0' && i < beat->count; i++)
		beat->claims[i]->lost = is_listed(lost, beat->claims[i]->id);
	pg_queue_called(engine);
	return ENGINE_OK;
}
