/* SPDX-License-Identifier: ISC */
/*
 * pg_wire - the connection to a server, which outlives it: a lost connection, a server
 * that starts again or is a standby, and the errors of one that is not ready are waited
 * out, and what was not answered is asked again.  So each call must be one that may be
 * made twice.  What time does not cure is told at once.
 *
 * Nothing waits for the server without waiting for what wakes the engine, too.
 */
#ifndef PAR_QUEUE_PG_WIRE_H
#define PAR_QUEUE_PG_WIRE_H

#include <stdbool.h>

#include "engine.h"
#include "pg_call.h"

/* Where a server is, as the command line and the environment say it. */
struct pg_place {
	char *url, *password; /* NULL: none but in the URL, or where libpq looks */
	const char *certificate; /* the caller's, or NULL */
	char why[120]; /* what is wrong with the URL */
};

enum { PG_WHERE_SIZE = 300, PG_SAID_SIZE = 512 };

/* How an attempt ended. */
enum pg_attempt {
	PG_DONE,
	PG_AGAIN, /* what went wrong may pass; the connection is to be made anew */
	PG_WOKEN,
	PG_BROKEN /* the engine says why */
};

struct pg_wire {
	struct engine *engine; /* has the patience, what wakes, and why it is broken */
	const struct pg_place *place;
	PGconn *conn; /* NULL: not connected */
	/* Says what a new connection needs before it is used. */
	enum pg_attempt (*introduce)(struct pg_wire *wire);
	bool met; /* a server has answered once */
	unsigned long long made; /* connections, so far */
	uint64_t answer_wait; /* ms that an answer may take; 0: as usual */
	char where[PG_WHERE_SIZE], said[PG_SAID_SIZE]; /* of the last failure, */
	char state[8]; /* and its SQLSTATE, if it was the server's */
};

/* The connection is made with the first call; engine and place must stay. */
void pg_wire_init(struct pg_wire *wire, struct engine *engine,
    const struct pg_place *place, enum pg_attempt (*introduce)(struct pg_wire *wire));
void pg_wire_close(struct pg_wire *wire);

/*
 * Call run with a connection until it does not end with PG_AGAIN, or patience does.
 */
enum engine_end pg_wire_try(struct pg_wire *wire,
    enum pg_attempt (*run)(struct pg_wire *wire, void *context), void *context);

/* Make calls, all at once, each a transaction, and wait for the answers. */
enum engine_end pg_wire_ask(struct pg_wire *wire, struct pg_call *calls, size_t count);

/* ENGINE_BROKEN: the answer is none to what was asked. */
enum engine_end pg_wire_odd(struct pg_wire *wire);

/* What attempts are made of. */

/* The same as pg_wire_ask(), once. */
enum pg_attempt
pg_wire_attempt(struct pg_wire *wire, struct pg_call *calls, size_t count);

/*
 * SQL without parameters, and maybe of several statements: the last rows that it
 * answered, as text, in *result, the caller's to clear; or NULL, if it has none.  With
 * rows, len bytes, it has a COPY FROM STDIN, which is given them.
 */
enum pg_attempt pg_wire_run(struct pg_wire *wire, const char *sql, const void *rows,
    size_t len, PGresult **result);

/* What an error of the server's is: it says why, and whether that passes. */
enum pg_attempt pg_wire_judge(struct pg_wire *wire, const PGresult *result);

#endif
