/* SPDX-License-Identifier: ISC */
/*
 * wire - the connection to a server, which outlives it: a lost connection, a server
 * that starts again, and the errors of one that is not ready are waited out, and
 * what was not answered is sent again.  So each call must be one that may be made
 * twice.
 */
#ifndef PAR_QUEUE_WIRE_H
#define PAR_QUEUE_WIRE_H

#include <stdbool.h>

#include "address.h"
#include "call.h"
#include "engine.h"
#include "nodes.h"
#include "redis.h"

enum { SHA_SIZE = 41, WIRE_WHY = 200 };

struct wire {
	struct engine *engine; /* has the patience, what wakes, and why it is broken */
	const struct address *address;
	struct nodes nodes; /* of that */
	redisContext *context; /* NULL: not connected */
	unsigned long long
	    made; /* connections that were, so far; 0: no server has answered */
	struct redis_limits limits; /* of its reader */
	char unready[WIRE_WHY]; /* the error that the last attempt met; "": none */
	char sha[SCRIPT_COUNT][SHA_SIZE]; /* of the scripts loaded */
};

/* The connection is made with the first call; engine and address must stay. */
void wire_init(struct wire *wire, struct engine *engine, const struct address *address);

/*
 * Make the calls that are not answered, all at once, and wait for the answers.  One may
 * be an error of the server's that waiting does not cure.
 */
enum engine_end wire_send(struct wire *wire, struct call *calls, size_t count);

/*
 * The same, of calls that write: and then, if the plan wants it, wait until so many
 * replicas have all of that.  Where it is not known whether another server has it, all is
 * asked for once more.
 */
enum engine_end wire_write(struct wire *wire, struct call *calls, size_t count);

/* One call, whose reply must fit that shape (reply.h). */
enum engine_end wire_ask(struct wire *wire, struct call *call, const char *shape);

/* ENGINE_BROKEN: the reply is none to what was asked, or an error. */
enum engine_end wire_odd(const struct wire *wire, const redisReply *reply);

void wire_close(struct wire *wire);

#endif
