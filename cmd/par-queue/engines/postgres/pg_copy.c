/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "num.h"
#include "pg_answer.h"
#include "pg_copy.h"
#include "pg_queue.h"

/* What the function stock answers for each. */
enum {
	WHOLE_ID,
	WHOLE_NUMBER,
	WHOLE_RECORDS,
	WHOLE_ATTEMPTS,
	WHOLE_DUE,
	WHOLE_EXPIRES,
	WHOLE_DATA,
	WHOLE_WHY,
	WHOLE_LAST
};

static const char stock_sql[] = "SELECT * FROM par_queue.stock($1, $2, $3, $4, $5, $6)";
static const char copied_sql[] =
    "SELECT * FROM par_queue.copied($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
    "$13, $14, $15)";
static const char mark_sql[] =
    "SELECT * FROM par_queue.mark($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

/* An id is two numbers with a colon between. */
static void
read_id(const char *id, uint64_t part[static 2])
{
	size_t len = strcspn(id, ":");

	part[0] = part[1] = 0;
	num_parse_bytes(id, len, 0, INT64_MAX, &part[0]);
	if (id[len] != '\0')
		num_parse(id + len + 1, 0, INT64_MAX, &part[1]);
}

static bool
is_later(const char *id, const char *other)
{
	uint64_t a[2], b[2];

	read_id(id, a);
	read_id(other, b);
	return a[0] > b[0] || (a[0] == b[0] && a[1] > b[1]);
}

static enum engine_end
take_wholes(struct engine *engine, const PGresult *result, struct engine_read *read)
{
	struct pg_queue *queue = engine->state;
	const char *last = read->last;
	struct engine_whole *given;

	read->count = (size_t)PQntuples(result);
	read->wholes = given =
	    pg_queue_room(engine, &queue->given, read->count, sizeof(*given));
	if (given == NULL)
		return ENGINE_BROKEN;
	for (size_t i = 0; i < read->count; i++) {
		int row = (int)i;

		given[i] = (struct engine_whole){ .number = pg_answer_number(
						      result, row, WHOLE_NUMBER),
			.records = pg_answer_number(result, row, WHOLE_RECORDS),
			.attempts = pg_answer_number(result, row, WHOLE_ATTEMPTS),
			.due = pg_answer_number(result, row, WHOLE_DUE),
			.expires = pg_answer_number(result, row, WHOLE_EXPIRES),
			.data = pg_answer_bytes(result, row, WHOLE_DATA),
			.why = pg_answer_bytes(result, row, WHOLE_WHY),
			.last = pg_answer_bytes(result, row, WHOLE_LAST) };
		pg_answer_copy(given[i].id, result, row, WHOLE_ID);
		if (!is_later(given[i].id, last))
			return pg_wire_odd(&queue->wire); /* it would not end */
		last = given[i].id;
	}
	return ENGINE_OK;
}

enum engine_end
pg_read_stock(struct engine *engine, struct engine_read *read)
{
	struct pg_queue *queue = engine->state;
	struct pg_call *call = queue->calls;
	uint64_t last[2];
	enum engine_end end;

	read_id(read->last, last);
	pg_queue_begin(queue, call, stock_sql);
	pg_call_text(call, engine_stocks[read->stock]);
	pg_call_number(call, last[0]);
	pg_call_number(call, last[1]);
	pg_call_number(call, read->bytes);
	pg_call_number(call, ENGINE_AT_ONCE);
	end = pg_wire_ask(&queue->wire, call, 1);
	if (end == ENGINE_OK && !pg_answer_fits(call->result, "tnnnnnbbb"))
		end = pg_wire_odd(&queue->wire);
	return end == ENGINE_OK ? take_wholes(engine, call->result, read) : end;
}

/* An array of a number, and one of a text, of each piece. */
static void
add_numbers(struct pg_call *call, const struct engine_put *put, size_t offset)
{
	pg_call_numbers(call, put->count);
	for (size_t i = 0; i < put->count; i++) {
		uint64_t number;

		memcpy(
		    &number, (const char *)put->pieces[i].whole + offset, sizeof(number));
		pg_call_add_number(call, number);
	}
}

static void
add_texts(struct pg_call *call, const struct engine_put *put, size_t offset)
{
	pg_call_datas(call, put->count);
	for (size_t i = 0; i < put->count; i++) {
		struct engine_text text;

		memcpy(&text, (const char *)put->pieces[i].whole + offset, sizeof(text));
		pg_call_add(call, text.data, text.len);
	}
}

static void
ask(struct pg_queue *queue, struct pg_call *call, const struct engine_put *put)
{
	pg_queue_begin(queue, call, copied_sql);
	pg_call_text(call, put->producer);
	pg_call_number(call, put->keep);
	pg_call_text(call, put->copied);
	pg_call_text(call, engine_stocks[put->stock]);
	pg_call_numbers(call, put->count);
	for (size_t i = 0; i < put->count; i++)
		pg_call_add_number(call, put->pieces[i].from);
	pg_call_numbers(call, put->count);
	for (size_t i = 0; i < put->count; i++)
		pg_call_add_number(call, put->pieces[i].to);
	add_numbers(call, put, offsetof(struct engine_whole, number));
	add_numbers(call, put, offsetof(struct engine_whole, records));
	add_numbers(call, put, offsetof(struct engine_whole, attempts));
	add_numbers(call, put, offsetof(struct engine_whole, due));
	add_numbers(call, put, offsetof(struct engine_whole, expires));
	add_texts(call, put, offsetof(struct engine_whole, data));
	add_texts(call, put, offsetof(struct engine_whole, why));
	add_texts(call, put, offsetof(struct engine_whole, last));
}

/* All of them are one step. */
enum engine_end
pg_put_copied(struct engine *engine, struct engine_put *put)
{
	struct pg_queue *queue = engine->state;
	struct pg_call *call = queue->calls;
	const PGresult *result;
	enum engine_end end;

	ask(queue, call, put);
	end = pg_wire_ask(&queue->wire, call, 1);
	result = call->result;
	if (end == ENGINE_OK && !pg_answer_fits(result, "tn"))
		end = pg_wire_odd(&queue->wire);
	if (end != ENGINE_OK)
		return end;
	if (PQntuples(result) == 1 && strcmp(PQgetvalue(result, 0, 0), "other") == 0)
		return engine_uncopied(engine);
	if (PQntuples(result) != (int)put->count)
		return pg_wire_odd(&queue->wire);
	for (size_t i = 0; i < put->count; i++) {
		bool taken = strcmp(PQgetvalue(result, (int)i, 0), "ok") == 0;

		put->pieces[i].outcome = taken ? PIECE_TAKEN : PIECE_ELSEWHERE;
		put->pieces[i].come = pg_answer_number(result, (int)i, 1);
	}
	return ENGINE_OK;
}

static void
add_setting(struct pg_call *call, const struct engine_stat *as, enum engine_number which)
{
	int64_t number = as == NULL ? 0 : as->number[which];

	pg_call_number(call, number < 0 ? 0 : (uint64_t)number);
}

enum engine_end
pg_mark(struct engine *engine, struct engine_tell *tell)
{
	struct pg_queue *queue = engine->state;
	struct pg_call *call = queue->calls;
	const struct engine_stat *as = tell->as;
	enum engine_end end;

	pg_queue_begin(queue, call, mark_sql);
	pg_call_text(call, tell->value);
	pg_call_text(call, tell->was == NULL ? "" : tell->was);
	pg_call_number(call, tell->was == NULL);
	pg_call_number(call, tell->lease);
	pg_call_number(call, as == NULL ? 0 : as->serial);
	add_setting(call, as, NUMBER_DONE);
	add_setting(call, as, NUMBER_DROPPED);
	add_setting(call, as, NUMBER_LATE);
	add_setting(call, as, NUMBER_PAUSED);
	add_setting(call, as, NUMBER_JOBS);
	pg_call_text(call, as == NULL ? "0" : as->rate);
	pg_queue_wake(&queue->calls[1], queue->name, PG_ALL);
	end = pg_wire_ask(&queue->wire, call, 2);
	if (end == ENGINE_OK && !pg_answer_fits(call->result, "1nnn"))
		end = pg_wire_odd(&queue->wire);
	if (end != ENGINE_OK)
		return end;
	tell->done = pg_answer_number(call->result, 0, 0) != 0;
	tell->read = pg_answer_number(call->result, 0, 1) != 0;
	tell->records = pg_answer_number(call->result, 0, 2);
	return ENGINE_OK;
}
