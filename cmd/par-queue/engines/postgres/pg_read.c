/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "num.h"
#include "pg_answer.h"
#include "pg_check.h"
#include "pg_copy.h"
#include "pg_queue.h"
#include "pg_read.h"

enum { GRAVE_BYTES = 4 << 20, /* of a page of dead ones */ MOVE_SQL = 1024 };

enum {
	GRAVE_ID,
	GRAVE_RECORDS,
	GRAVE_ATTEMPTS,
	GRAVE_NUMBER,
	GRAVE_WHY,
	GRAVE_LAST,
	GRAVE_DATA
};

static const char read_sql[] = "SELECT * FROM par_queue.read($1, $2, $3, $4, $5, $6)";
static const char given_sql[] = "SELECT * FROM par_queue.given_results()";
static const char graves_sql[] = "SELECT * FROM par_queue.graves($1, $2, $3)";
static const char stat_sql[] = "SELECT * FROM par_queue.stat($1)";
static const char workers_sql[] = "SELECT * FROM par_queue.workers($1)";

static uint64_t
number_of(const char *text)
{
	uint64_t number = 0;

	num_parse(text, 0, INT64_MAX, &number);
	return number;
}

/* Is that id one, and after the last one? */
static bool
is_later(const char *id, const char *last)
{
	uint64_t number;

	return num_parse(id, 0, INT64_MAX, &number) == 0 && number > number_of(last);
}

/* Each comes after the one before it, and is of whole records. */
static enum engine_end
take_results(struct engine *engine, const PGresult *result, struct engine_read *read)
{
	struct pg_queue *queue = engine->state;
	struct engine_result *results;
	const char *last = read->last;

	read->count = (size_t)PQntuples(result);
	read->results = results =
	    pg_queue_room(engine, &queue->given, read->count, sizeof(*results));
	if (results == NULL)
		return ENGINE_BROKEN;
	for (size_t i = 0; i < read->count; i++) {
		const char *id = PQgetvalue(result, (int)i, 0);
		struct engine_text data = pg_answer_bytes(result, (int)i, 1);

		if (!is_later(id, last) || data.len == 0 ||
		    data.data[data.len - 1] != '\n')
			return pg_wire_odd(&queue->wire);
		last = id;
		results[i] = (struct engine_result){
			.id = id, .data = data.data, .len = data.len
		};
	}
	return ENGINE_OK;
}

/* Ask for results; safe: up to where they are deleted. */
static void
ask_results(struct pg_queue *queue, struct pg_call *call, const struct engine_read *read,
    const char *safe)
{
	pg_queue_begin(queue, call, read_sql);
	pg_call_text(call, read->me);
	pg_call_number(call, read->stay);
	pg_call_number(call, number_of(safe));
	pg_call_number(call, number_of(read->last));
	pg_call_number(call, safe == read->safe ? read->bytes : 0);
}

/* Records for a table, as COPY has them; ENGINE_BROKEN if one would end it. */
static enum pg_attempt
gather(struct pg_queue *queue, const PGresult *result)
{
	struct engine *engine = queue->wire.engine;

	bytes_clear(&queue->rows, 0);
	for (int i = 0; i < PQntuples(result); i++) {
		struct engine_text data = pg_answer_bytes(result, i, 1);

		if (bytes_put(&queue->rows, data.data, data.len) < 0) {
			engine_broken(engine, "the server: %s", strerror(errno));
			return PG_BROKEN;
		}
	}
	for (size_t at = 0, len; at < queue->rows.len; at += len + 1) {
		const char *line = queue->rows.data + at;
		const char *end = memchr(line, '\n', queue->rows.len - at);

		len = end == NULL ? queue->rows.len - at : (size_t)(end - line);
		if (len == 2 && memcmp(line, "\\.", 2) == 0) {
			engine_broken(engine,
			    "a result is \\., which no table takes: COPY ends there");
			return PG_BROKEN;
		}
	}
	return PG_DONE;
}

/* A table that is not there will not come, as ours would. */
static enum pg_attempt
copy_into(struct pg_wire *wire, const char *table)
{
	struct pg_queue *queue = wire->engine->state;
	char sql[MOVE_SQL];
	PGresult *none;
	enum pg_attempt end;

	snprintf(sql, sizeof(sql), "COPY %s FROM STDIN", table);
	wire->state[0] = '\0';
	end = pg_wire_run(wire, sql, queue->rows.data, queue->rows.len, &none);
	if (end == PG_AGAIN && strcmp(wire->state, "42P01") == 0) {
		engine_broken(wire->engine, "--into: %s", wire->said);
		end = PG_BROKEN;
	}
	return end;
}

/* Results into a table, and away: one transaction. */
static enum pg_attempt
move(struct pg_wire *wire, void *context)
{
	struct pg_queue *queue = wire->engine->state;
	const struct engine_read *read = context;
	const PGresult *given;
	PGresult *none;
	enum pg_attempt end = pg_wire_run(wire, "BEGIN", NULL, 0, &none);

	if (end == PG_DONE)
		end = pg_wire_attempt(wire, queue->calls, 2);
	given = queue->calls[1].result;
	if (end == PG_DONE && pg_answer_fits(given, "tb") && PQntuples(given) > 0) {
		end = gather(queue, given);
		if (end == PG_DONE)
			end = copy_into(wire, read->into);
		if (end != PG_DONE)
			return end;
		ask_results(queue, &queue->calls[2], read,
		    PQgetvalue(given, PQntuples(given) - 1, 0));
		end = pg_wire_attempt(wire, &queue->calls[2], 1);
	}
	if (end != PG_DONE)
		return end;
	/* What was read may have said that it need not be on the disk. */
	return pg_wire_run(
	    wire, "SET LOCAL synchronous_commit TO DEFAULT;COMMIT", NULL, 0, &none);
}

static enum engine_end
move_results(struct engine *engine, struct engine_read *read)
{
	struct pg_queue *queue = engine->state;
	enum engine_end end;

	if (strlen(read->into) + sizeof("COPY  FROM STDIN") > MOVE_SQL ||
	    strchr(read->into, ';') != NULL)
		return engine_broken(engine, "--into: not the name of a table");
	end = pg_wire_try(&queue->wire, move, read);
	if (end == ENGINE_OK) {
		pg_queue_wake(&queue->calls[2], queue->name, PG_READ);
		end = pg_wire_ask(&queue->wire, &queue->calls[2], 1);
	}
	return end;
}

/* Results to the caller, and away what it says is safe. */
static enum engine_end
give_results(struct pg_queue *queue, const struct engine_read *read, bool leaves)
{
	size_t calls = 2;

	if (*read->safe != '\0' || leaves)
		pg_queue_wake(&queue->calls[calls++], queue->name,
		    PG_READ | (leaves ? PG_RESULTS : 0));
	return pg_wire_ask(&queue->wire, queue->calls, calls);
}

static enum engine_end
results(struct engine *engine, struct engine_read *read)
{
	struct pg_queue *queue = engine->state;
	struct pg_call *call = queue->calls;
	bool sure = pg_queue_sure(queue, PG_RESULTS), leaves = read->bytes == 0;
	enum engine_end end;

	ask_results(queue, call, read, read->safe);
	pg_call_begin(&queue->calls[1], given_sql);
	end = read->into != NULL && !leaves ? move_results(engine, read)
					    : give_results(queue, read, leaves);
	if (end == ENGINE_OK &&
	    (!pg_answer_fits(call->result, "1nnn") ||
		!pg_answer_fits(queue->calls[1].result, "tb")))
		end = pg_wire_odd(&queue->wire);
	if (end != ENGINE_OK)
		return end;
	read->busy = pg_answer_number(call->result, 0, 0) != 0;
	read->open = pg_answer_number(call->result, 0, 1);
	read->dead = pg_answer_number(call->result, 0, 2);
	end = take_results(engine, queue->calls[1].result, read);
	if (end != ENGINE_OK)
		return end;
	if (read->count == 0 && !leaves)
		return pg_queue_await(engine, sure, PG_RESULTS, UINT64_MAX);
	pg_queue_found(engine);
	return ENGINE_OK;
}

/* A page of dead ones, in their order. */
static enum engine_end
dead(struct engine *engine, struct engine_read *read)
{
	struct pg_queue *queue = engine->state;
	struct pg_call *page = &queue->page;
	const char *last = read->last;
	struct engine_grave *given;
	enum engine_end end;

	pg_queue_begin(queue, page, graves_sql);
	pg_call_number(page, number_of(last));
	pg_call_number(page, GRAVE_BYTES);
	end = pg_wire_ask(&queue->wire, page, 1);
	if (end == ENGINE_OK && !pg_answer_fits(page->result, "ttttbbb"))
		end = pg_wire_odd(&queue->wire);
	if (end != ENGINE_OK)
		return end;
	read->count = (size_t)PQntuples(page->result);
	read->graves = given =
	    pg_queue_room(engine, &queue->graves, read->count, sizeof(*given));
	if (given == NULL)
		return ENGINE_BROKEN;
	for (size_t i = 0; i < read->count; i++) {
		const PGresult *result = page->result;
		int row = (int)i;

		given[i] = (struct engine_grave){ .records = pg_answer_bytes(
						      result, row, GRAVE_DATA),
			.attempts = pg_answer_bytes(result, row, GRAVE_ATTEMPTS),
			.why = pg_answer_bytes(result, row, GRAVE_WHY),
			.last = pg_answer_bytes(result, row, GRAVE_LAST),
			.number = pg_answer_bytes(result, row, GRAVE_NUMBER) };
		pg_answer_copy(given[i].id, result, row, GRAVE_ID);
		if (!is_later(given[i].id, last))
			return pg_wire_odd(&queue->wire); /* it would not end */
		last = given[i].id;
	}
	return ENGINE_OK;
}

enum engine_end
pg_read(struct engine *engine, struct engine_read *read)
{
	switch (read->what) {
	case READ_RESULTS:
		return results(engine, read);
	case READ_DEAD:
		return dead(engine, read);
	case READ_STOCK:
		return pg_read_stock(engine, read);
	}
	return ENGINE_OK;
}

static enum engine_end
numbers(struct engine *engine, struct engine_stat *stat)
{
	struct pg_queue *queue = engine->state;
	struct pg_call *call = queue->calls;
	enum engine_end end;

	pg_queue_begin(queue, call, stat_sql);
	end = pg_wire_ask(&queue->wire, call, 1);
	if (end != ENGINE_OK)
		return end;
	if (!pg_answer_fits(call->result, "iiiiiiiiiiitns") ||
	    PQntuples(call->result) > 1)
		return pg_wire_odd(&queue->wire);
	pg_queue_called(engine);
	stat->missing = PQntuples(call->result) == 0;
	stat->rate = stat->missing ? "0" : PQgetvalue(call->result, 0, NUMBER_COUNT);
	stat->mark = stat->missing ? "" : PQgetvalue(call->result, 0, NUMBER_COUNT + 2);
	stat->serial =
	    stat->missing ? 0 : pg_answer_number(call->result, 0, NUMBER_COUNT + 1);
	if (!engine_mark_ok(stat->mark, strlen(stat->mark)))
		return pg_wire_odd(&queue->wire);
	for (int i = 0; i < NUMBER_COUNT; i++) /* in the order of the function */
		stat->number[i] =
		    stat->missing ? 0 : (int64_t)pg_answer_number(call->result, 0, i);
	return ENGINE_OK;
}

static enum engine_end
workers(struct engine *engine, struct engine_stat *stat)
{
	struct pg_queue *queue = engine->state;
	struct pg_call *call = queue->calls;
	struct engine_worker *given;
	enum engine_end end;

	pg_queue_begin(queue, call, workers_sql);
	end = pg_wire_ask(&queue->wire, call, 1);
	if (end == ENGINE_OK && !pg_answer_fits(call->result, "ntnnnn"))
		end = pg_wire_odd(&queue->wire);
	if (end != ENGINE_OK)
		return end;
	stat->count = (size_t)PQntuples(call->result);
	stat->workers = given =
	    pg_queue_room(engine, &queue->given, stat->count, sizeof(*given));
	if (given == NULL)
		return ENGINE_BROKEN;
	for (size_t i = 0; i < stat->count; i++) {
		int row = (int)i;

		stat->now = pg_answer_number(call->result, row, 0);
		given[i] =
		    (struct engine_worker){ .name = PQgetvalue(call->result, row, 1),
			    .seen = pg_answer_number(call->result, row, 2),
			    .running = pg_answer_number(call->result, row, 3),
			    .committed = pg_answer_number(call->result, row, 4),
			    .late = pg_answer_number(call->result, row, 5) };
	}
	return ENGINE_OK;
}

enum engine_end
pg_stat(struct engine *engine, struct engine_stat *stat)
{
	switch (stat->what) {
	case STAT_NUMBERS:
		return numbers(engine, stat);
	case STAT_WORKERS:
		return workers(engine, stat);
	case STAT_READY:
		return pg_ready(engine);
	case STAT_CHECK:
		return pg_check(engine, &stat->good);
	}
	return ENGINE_OK;
}
