/* SPDX-License-Identifier: ISC */
/*
 * pg_call - what a server is asked to do: an SQL text with parameters, in the binary form
 * of the protocol, and the answer to it.
 */
#ifndef PAR_QUEUE_PG_CALL_H
#define PAR_QUEUE_PG_CALL_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"

enum { PG_PARAMETERS = 20 };

/* All zero is one that was not begun. */
struct pg_call {
	const char *sql;
	struct bytes data; /* of the parameters */
	size_t at[PG_PARAMETERS]; /* where each begins in it */
	int lens[PG_PARAMETERS];
	Oid types[PG_PARAMETERS];
	int count;
	bool cut; /* there was no memory for all of them, or one is too long for any
		     server */
	PGresult *result; /* NULL: none yet */
};

/* Begin anew; sql must stay. */
void pg_call_begin(struct pg_call *call, const char *sql);

void pg_call_number(struct pg_call *call, uint64_t number);
void pg_call_text(struct pg_call *call, const char *text);

/* An array: its elements are added by one of these each. */
void pg_call_numbers(struct pg_call *call, size_t count);
void pg_call_texts(struct pg_call *call, size_t count);
void pg_call_datas(struct pg_call *call, size_t count);
void pg_call_add_number(struct pg_call *call, uint64_t number);
void pg_call_add(struct pg_call *call, const void *data, size_t len);

/* Forget the answer. */
void pg_call_forget(struct pg_call *call);

void pg_call_free(struct pg_call *call);

/* For these, and for rows that are copied: an integer of so many bytes, as the protocol
 * has it.  0, or -1. */
int pg_put_integer(struct bytes *bytes, uint64_t value, unsigned size)
    __attribute__((warn_unused_result));

#endif
