/* SPDX-License-Identifier: ISC */
/*
 * queue - one queue on a server: its keys, and scripts called with them.
 *
 * All keys of a queue have one hash tag, so that a cluster keeps them in one place.
 */
#ifndef PAR_QUEUE_QUEUE_H
#define PAR_QUEUE_QUEUE_H

#include "reply.h"
#include "wire.h"

enum { QUEUE_KEY_MAX = ENGINE_NAME_MAX + 200 };

/* The state of an engine.  What is given to callers is in a reply of one of its calls. */
struct queue {
	const char *name;
	struct wire wire;
	struct call calls[ENGINE_AT_ONCE]; /* of lists; the first one of all others */
	struct bytes given; /* chunks, results or workers that its reply has, */
	struct bytes buried; /* and chunks that died */
	struct call page; /* of dead ones, */
	struct bytes graves; /* that they are */
};

/* Room in given for what callers get: count of size bytes; NULL: the engine is broken. */
void *queue_room(struct engine *engine, struct bytes *given, size_t count, size_t size);

/* The key of a queue for what: pq:{NAME}:what */
const char *queue_key(const char *name, const char *what, char key[static QUEUE_KEY_MAX]);

/* Did the server refuse a script since it has no memory for it? */
bool queue_lacks_memory(const redisReply *reply);

/* Begin a call of script, with the keys of the queue and extra more to be added. */
void queue_begin(
    const struct queue *queue, struct call *call, enum script script, unsigned extra);

/* Add the key of a queue for what. */
void queue_add_key(struct call *call, const char *name, const char *what);

/* That of how far a producer has come. */
void
queue_add_producer(const struct queue *queue, struct call *call, const char *producer);

#endif
