/* SPDX-License-Identifier: ISC */
#include <limits.h>
#include <string.h>

#include "pg_call.h"

/* Types of PostgreSQL, which never change: see its catalog/pg_type.dat. */
enum {
	TYPE_BYTEA = 17,
	TYPE_INT8 = 20,
	TYPE_TEXT = 25,
	TYPE_BYTEAS = 1001,
	TYPE_TEXTS = 1009,
	TYPE_INT8S = 1016
};

enum { MOST_KEPT = 1 << 20 /* memory that is kept for the next call, bytes */ };

void
pg_call_begin(struct pg_call *call, const char *sql)
{
	pg_call_forget(call);
	call->sql = sql;
	call->count = 0;
	call->cut = false;
	bytes_clear(&call->data, MOST_KEPT);
}

int
pg_put_integer(struct bytes *bytes, uint64_t value, unsigned size)
{
	unsigned char text[sizeof(value)];

	for (unsigned i = 0; i < size; i++)
		text[i] = (unsigned char)(value >> 8 * (size - 1 - i));
	return bytes_put(bytes, text, size);
}

static void
put(struct pg_call *call, uint64_t value, unsigned size)
{
	if (pg_put_integer(&call->data, value, size) < 0)
		call->cut = true;
}

static void
begin(struct pg_call *call, Oid type)
{
	call->at[call->count] = call->data.len;
	call->types[call->count] = type;
	call->count++;
}

/* What was put since begins where the last parameter does, and is all of it so far. */
static void
measure(struct pg_call *call)
{
	size_t len = call->data.len - call->at[call->count - 1];

	if (len > INT_MAX)
		call->cut = true;
	call->lens[call->count - 1] = (int)len;
}

void
pg_call_number(struct pg_call *call, uint64_t number)
{
	begin(call, TYPE_INT8);
	put(call, number, 8);
	measure(call);
}

void
pg_call_text(struct pg_call *call, const char *text)
{
	begin(call, TYPE_TEXT);
	if (bytes_put(&call->data, text, strlen(text)) < 0)
		call->cut = true;
	measure(call);
}

/* Dimensions, whether there are NULLs, the type, how many there are, the first index. */
static void
begin_array(struct pg_call *call, Oid array, Oid element, size_t count)
{
	begin(call, array);
	put(call, count > 0 ? 1 : 0, 4);
	put(call, 0, 4);
	put(call, element, 4);
	if (count > 0) {
		put(call, count, 4);
		put(call, 1, 4);
	}
	measure(call);
}

void
pg_call_numbers(struct pg_call *call, size_t count)
{
	begin_array(call, TYPE_INT8S, TYPE_INT8, count);
}

void
pg_call_texts(struct pg_call *call, size_t count)
{
	begin_array(call, TYPE_TEXTS, TYPE_TEXT, count);
}

void
pg_call_datas(struct pg_call *call, size_t count)
{
	begin_array(call, TYPE_BYTEAS, TYPE_BYTEA, count);
}

void
pg_call_add_number(struct pg_call *call, uint64_t number)
{
	put(call, 8, 4);
	put(call, number, 8);
	measure(call);
}

void
pg_call_add(struct pg_call *call, const void *data, size_t len)
{
	if (len > INT_MAX)
		call->cut = true;
	put(call, len, 4);
	if (len > 0 && bytes_put(&call->data, data, len) < 0)
		call->cut = true;
	measure(call);
}

void
pg_call_forget(struct pg_call *call)
{
	PQclear(call->result);
	call->result = NULL;
}

void
pg_call_free(struct pg_call *call)
{
	pg_call_forget(call);
	bytes_free(&call->data);
}
