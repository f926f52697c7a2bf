/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num.h"
#include "pg_answer.h"
#include "pg_copy.h"
#include "pg_put.h"
#include "pg_queue.h"

enum {
	KEPT = 5 << 20, /* memory of rows that is kept for the next ones, bytes */
	SQL_SIZE = 400,
	FIELDS = 5, /* of a row that is copied */
	MOST_ROWS = 512 << 20 /* bytes of them in a step, but for one */
};

/* In front of the rows of COPY in binary form: see its page. */
static const char signature[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";

/* A producer begins, or needs more numbers. */
static enum engine_end
begin(struct engine *engine, struct engine_put *put)
{
	struct pg_queue *queue = engine->state;
	struct pg_call *call = queue->calls;
	enum engine_end end;

	pg_queue_begin(queue, call, "SELECT * FROM par_queue.begin($1, $2, $3)");
	pg_call_text(call, put->producer);
	pg_call_number(call, put->numbers);
	end = pg_wire_ask(&queue->wire, call, 1);
	if (end == ENGINE_OK && !pg_answer_fits(call->result, "1nnn"))
		end = pg_wire_odd(&queue->wire);
	if (end != ENGINE_OK)
		return end;
	put->come = pg_answer_number(call->result, 0, 0);
	put->first = pg_answer_number(call->result, 0, 1);
	queue->id = pg_answer_number(call->result, 0, 2);
	return ENGINE_OK;
}

/* A producer will not come again. */
static enum engine_end
forget(struct engine *engine, const char *producer)
{
	struct pg_queue *queue = engine->state;
	struct pg_call *call = queue->calls;

	pg_queue_begin(queue, call, "SELECT 1::bigint FROM par_queue.forget($1, $2)");
	pg_call_text(call, producer);
	return pg_wire_ask(&queue->wire, call, 1);
}

/* How many of the pieces from the first one on are put in one step. */
static size_t
some_of(const struct engine_put *put, size_t from)
{
	size_t count = 0, len = 0;

	while (from + count < put->count &&
	    (count == 0 || len + put->pieces[from + count].len < MOST_ROWS))
		len += put->pieces[from + count++].len;
	return count;
}

/* A row: queue, id, number, records, data. */
static int
add_row(struct bytes *rows, uint64_t queue, const struct engine_piece *piece)
{
	if (piece->len > INT32_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	if (pg_put_integer(rows, FIELDS, 2) < 0 || pg_put_integer(rows, 4, 4) < 0 ||
	    pg_put_integer(rows, queue, 4) < 0 || pg_put_integer(rows, 8, 4) < 0 ||
	    pg_put_integer(rows, piece->number, 8) < 0 ||
	    pg_put_integer(rows, 8, 4) < 0 ||
	    pg_put_integer(rows, piece->number, 8) < 0 ||
	    pg_put_integer(rows, 8, 4) < 0 ||
	    pg_put_integer(rows, piece->records, 8) < 0 ||
	    pg_put_integer(rows, piece->len, 4) < 0)
		return -1;
	return bytes_put(rows, piece->data, piece->len);
}

static int
make_rows(struct pg_queue *queue, const struct engine_piece *pieces, size_t count)
{
	struct bytes *rows = &queue->rows;
	int error;

	bytes_clear(rows, KEPT);
	error =
	    bytes_put(rows, signature, sizeof(signature)); /* its NUL is the last one */
	for (size_t i = 0; error == 0 && i < count; i++)
		error = add_row(rows, queue->id, &pieces[i]);
	return error == 0 ? pg_put_integer(rows, UINT16_MAX, 2) : -1;
}

/* Text as printf(3) makes it, behind what there is. */
static int
add_sql(struct bytes *sql, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int
add_sql(struct bytes *sql, const char *format, ...)
{
	va_list args;
	int end;

	va_start(args, format);
	end = bytes_print(sql, format, args);
	va_end(args);
	return end;
}

/* An array of numbers that are size bytes apart. */
static int
add_numbers(struct bytes *sql, const uint64_t *first, size_t size, size_t count)
{
	const char *at = (const char *)first;

	if (add_sql(sql, ",'{") < 0)
		return -1;
	for (size_t i = 0; i < count; i++, at += size) {
		uint64_t number;

		memcpy(&number, at, sizeof(number));
		if (add_sql(sql, "%s%" PRIu64, i == 0 ? "" : ",", number) < 0)
			return -1;
	}
	return add_sql(sql, "}'");
}

/*
 * The rows are copied, and then accepted, by one text: so the server goes from one to the
 * other by itself, and who dies or is stopped meanwhile holds nothing up.  Names have no
 * byte that is special in a string, see engine_name_ok() and engine_own_name().
 */
static int
make_sql(struct pg_queue *queue, const struct engine_put *put,
    const struct engine_piece *first, size_t count)
{
	struct bytes *sql = &queue->sql;
	const size_t size = sizeof(*first);

	sql->len = 0;
	if (add_sql(sql,
		"BEGIN;COPY par_queue.chunk (queue, id, number, records, data) "
		"FROM STDIN (FORMAT binary);"
		"SELECT * FROM par_queue.put(%" PRIu64 ",'%s','%s',%" PRIu64 ",%" PRIu64
		",%" PRIu64 ",%" PRIu64 ",%" PRIu64,
		queue->id, queue->name, put->producer, put->keep, put->limit, put->delay,
		put->at, put->expires) < 0 ||
	    add_numbers(sql, &first->from, size, count) < 0 ||
	    add_numbers(sql, &first->to, size, count) < 0 ||
	    add_numbers(sql, &first->number, size, count) < 0 ||
	    add_numbers(sql, &first->records, size, count) < 0 ||
	    add_sql(sql, ");COMMIT;DO 'BEGIN PERFORM par_queue.wake(''%s'', %d); END'",
		queue->name, (int)PG_WORK) < 0)
		return -1;
	return bytes_put(sql, "", 1);
}

/* Pieces that are put in one step, on their way. */
struct putting {
	const struct engine_put *put;
	struct engine_piece *pieces;
	size_t count;
	PGresult *result; /* NULL: they are there already, or there is no room */
	bool no_room;
};

static enum pg_attempt
copy(struct pg_wire *wire, void *context)
{
	struct pg_queue *queue = wire->engine->state;
	struct putting *putting = context;
	enum pg_attempt end;

	if (make_rows(queue, putting->pieces, putting->count) < 0 ||
	    make_sql(queue, putting->put, putting->pieces, putting->count) < 0) {
		engine_broken(wire->engine, "the server: %s", strerror(errno));
		return PG_BROKEN;
	}
	wire->state[0] = '\0';
	end = pg_wire_run(
	    wire, queue->sql.data, queue->rows.data, queue->rows.len, &putting->result);
	if (end == PG_DONE)
		return end;
	/* Told once more, since the answer was lost; or the disk is full. */
	putting->no_room = strcmp(wire->state, "53100") == 0;
	if (putting->no_room || strcmp(wire->state, "23505") == 0)
		return pg_wire_run(wire, "ROLLBACK", NULL, 0, &putting->result);
	return end;
}

/* One row of the answer: false if it is none. */
static bool
hear(const PGresult *result, int row, struct engine_piece *piece)
{
	const char *what = PQgetvalue(result, row, 0);
	uint64_t open;

	if (num_parse(PQgetvalue(result, row, 1), 0, INT64_MAX, &piece->come) < 0 ||
	    num_parse(PQgetvalue(result, row, 2), 0, INT64_MAX, &open) < 0)
		return false;
	piece->open = open;
	piece->outcome = strcmp(what, "ok") == 0 ? PIECE_TAKEN
	    : strcmp(what, "full") == 0		 ? PIECE_FULL
						 : PIECE_ELSEWHERE;
	return true;
}

/*
 * Where the producer is, and whether there is room, without putting anything: for all
 * pieces as it is for the first.
 */
static enum engine_end
look(struct engine *engine, const struct engine_put *put, struct engine_piece *pieces,
    size_t count, bool *room)
{
	struct pg_queue *queue = engine->state;
	struct pg_call *call = queue->calls;
	uint64_t come, open;
	enum engine_end end;

	pg_queue_begin(queue, call, "SELECT * FROM par_queue.seen($1, $2)");
	pg_call_text(call, put->producer);
	end = pg_wire_ask(&queue->wire, call, 1);
	if (end == ENGINE_OK && !pg_answer_fits(call->result, "1nnn"))
		end = pg_wire_odd(&queue->wire);
	if (end != ENGINE_OK)
		return end;
	queue->id = pg_answer_number(call->result, 0, 0);
	come = pg_answer_number(call->result, 0, 1);
	open = pg_answer_number(call->result, 0, 2);
	*room = put->limit == 0 || open < put->limit;
	for (size_t i = 0; i < count; i++) {
		pieces[i].come = come;
		pieces[i].open = open;
		pieces[i].outcome =
		    pieces[i].from == come && !*room ? PIECE_FULL : PIECE_ELSEWHERE;
	}
	return ENGINE_OK;
}

/* Put some, in one step. */
static enum engine_end
put_some(struct engine *engine, const struct engine_put *put, struct engine_piece *pieces,
    size_t count)
{
	struct pg_queue *queue = engine->state;
	struct putting putting = { .put = put, .pieces = pieces, .count = count };
	bool moved = true, room;

	while (moved) {
		enum engine_end end = pg_wire_try(&queue->wire, copy, &putting);
		const PGresult *result = putting.result;

		if (end != ENGINE_OK)
			return end;
		if (putting.no_room) {
			for (size_t i = 0; i < count; i++)
				pieces[i].outcome = PIECE_NO_MEMORY;
			return ENGINE_OK;
		}
		if (result == NULL)
			return look(engine, put, pieces, count, &room);
		moved = PQntuples(result) == 1 && PQnfields(result) == 3 &&
		    strcmp(PQgetvalue(result, 0, 0), "moved") == 0 &&
		    num_parse(PQgetvalue(result, 0, 1), 1, INT32_MAX, &queue->id) == 0;
		if (!moved && (PQntuples(result) != (int)count || PQnfields(result) != 3))
			end = pg_wire_odd(&queue->wire);
		for (size_t i = 0; !moved && end == ENGINE_OK && i < count; i++)
			if (!hear(result, (int)i, &pieces[i]))
				end = pg_wire_odd(&queue->wire);
		PQclear(putting.result);
		putting.result = NULL;
		if (end != ENGINE_OK)
			return end;
	}
	return ENGINE_OK;
}

/* While there was no room, it is looked for before anything is sent. */
static enum engine_end
put_pieces(struct engine *engine, struct engine_put *put)
{
	struct pg_queue *queue = engine->state;
	bool sure = pg_queue_sure(queue, PG_ROOM), room = true;
	enum engine_end end = ENGINE_OK;

	if (queue->full)
		end = look(engine, put, put->pieces, put->count, &room);
	for (size_t from = 0, count; room && end == ENGINE_OK && from < put->count;
	     from += count) {
		count = some_of(put, from);
		end = put_some(engine, put, put->pieces + from, count);
	}
	if (end != ENGINE_OK)
		return end;
	queue->full = false;
	for (size_t i = 0; i < put->count; i++)
		queue->full = queue->full || put->pieces[i].outcome == PIECE_FULL;
	if (queue->full)
		return pg_queue_await(engine, sure, PG_ROOM, UINT64_MAX);
	pg_queue_found(engine);
	return ENGINE_OK;
}

enum engine_end
pg_put(struct engine *engine, struct engine_put *put)
{
	if (put->copied != NULL)
		return pg_put_copied(engine, put);
	if (put->numbers > 0)
		return begin(engine, put);
	if (put->last)
		return forget(engine, put->producer);
	return put_pieces(engine, put);
}
