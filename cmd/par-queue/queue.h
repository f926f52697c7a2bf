/* SPDX-License-Identifier: ISC */
/*
 * queue - one queue on a server: its keys, and the scripts called with them.
 *
 * All keys of a queue have one hash tag, so that a cluster keeps them in one place.
 */
#ifndef PAR_QUEUE_QUEUE_H
#define PAR_QUEUE_QUEUE_H

#include "link.h"

enum {
	QUEUE_NAME_MAX = 100,
	QUEUE_KEY_MAX = QUEUE_NAME_MAX + 200,
	QUEUE_ID_MAX =
	    REPLY_TEXT_MAX /* the server's name for a chunk, or ours for a worker */
};

struct queue {
	const char *name;
	struct link link;
};

/* What stat.lua answers; see reply.h. */
#define STAT_SHAPE "[iiiiiiiiiiid]"

/* The names of queues are made of letters, digits, and . _ - */
bool queue_name_ok(const char *name, size_t len);

/* Nothing is sent yet. */
void queue_init(struct queue *queue, const char *name, const struct address *address,
    uint64_t patience);

/* The key of a queue for what: pq:{NAME}:what */
const char *queue_key(const char *name, const char *what, char key[static QUEUE_KEY_MAX]);

/* Begin a call of script, with the keys of the queue and extra more to be added. */
void queue_begin(const struct queue *queue, struct command *command, enum script script,
    unsigned extra);

/* One of these. */
void queue_add_key(struct command *command, const char *name, const char *what);

void queue_close(struct queue *queue);

/*
 * A name that nobody else has, for a worker, a reader or a nameless producer:
 * HOST:PID:RANDOM.
 */
void queue_own_name(char name[static QUEUE_ID_MAX]);

#endif
