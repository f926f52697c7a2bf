/* SPDX-License-Identifier: ISC */
/*
 * pg_answer - what a server answered, checked before any of it is believed; and what is
 * wrong, as it or libpq says it.
 */
#ifndef PAR_QUEUE_PG_ANSWER_H
#define PAR_QUEUE_PG_ANSWER_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine.h"

/*
 * Are these rows as shape says?  It has a letter for each column: n a number that is not
 * below 0, i any number, t a text without control bytes, shorter than ENGINE_ID_SIZE, s
 * one of any length, b bytes.  Nothing is NULL.  With 1 in front there is one row.
 */
bool pg_answer_fits(const PGresult *result, const char *shape);

uint64_t pg_answer_number(const PGresult *result, int row, int column);
struct engine_text pg_answer_bytes(const PGresult *result, int row, int column);

/* Copy a text of the shape t. */
void pg_answer_copy(
    char to[static ENGINE_ID_SIZE], const PGresult *result, int row, int column);

/* Is the error of that SQLSTATE one that time cures? */
bool pg_passes(const char *state);

/*
 * What libpq says of a connection that failed, as one line without where it was to lead:
 * where that begins in text, and how long it is.  *passes: time may cure it.
 */
struct engine_text pg_failure(const char *text, bool *passes);

#endif
