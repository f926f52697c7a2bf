/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "queue.h"

/* In the order in which common.lua names them. */
static const char *const keys[] = { "in", "out", "dead", "delay", "body", "meta",
	"workers" };

const char *
queue_key(const char *name, const char *what, char key[static QUEUE_KEY_MAX])
{
	snprintf(key, QUEUE_KEY_MAX, "pq:{%s}:%s", name, what);
	return key;
}

bool
queue_lacks_memory(const redisReply *reply)
{
	return reply_is(reply, "OOM") || reply_is(reply, "-OOM");
}

void
queue_begin(
    const struct queue *queue, struct call *call, enum script script, unsigned extra)
{
	size_t count = sizeof(keys) / sizeof(keys[0]);

	call_begin(call, script);
	call_number(call, count + extra);
	for (size_t i = 0; i < count; i++)
		queue_add_key(call, queue->name, keys[i]);
}

void
queue_add_key(struct call *call, const char *name, const char *what)
{
	char key[QUEUE_KEY_MAX];

	call_text(call, queue_key(name, what, key));
}

void
queue_add_producer(const struct queue *queue, struct call *call, const char *producer)
{
	char what[ENGINE_NAME_MAX + ENGINE_ID_SIZE];

	snprintf(what, sizeof(what), "prod:%s", producer);
	queue_add_key(call, queue->name, what);
}

void *
queue_room(struct engine *engine, struct bytes *given, size_t count, size_t size)
{
	void *room;

	given->len = 0;
	room = bytes_reserve(given, count * size);
	if (room == NULL)
		engine_broken(engine, "the server: %s", strerror(errno));
	return room;
}
