/* SPDX-License-Identifier: ISC */
/*
 * redis - answers of a Redis server by hiredis, within limits: of time, of elements and
 * of arrays in arrays.  In a header, since only programs that use hiredis have it.
 */
#ifndef PAR_REDIS_H
#define PAR_REDIS_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include "clock.h"

enum {
	REDIS_DEEPEST = 8, /* arrays in arrays */
	REDIS_MOST_ELEMENTS = 1 << 23 /* of an array */
};

#if HIREDIS_MAJOR > 0
#define REDIS_COUNT size_t
#else
#define REDIS_COUNT int
#endif

/* An array that is begun, of which the server says how many elements it has. */
static inline void *
redis_array(const redisReadTask *task, REDIS_COUNT elements)
{
	const redisReplyObjectFunctions *plain = task->privdata;
	int depth = 0;

	for (const redisReadTask *above = task->parent; above != NULL;
	     above = above->parent)
		depth++;
	if (depth >= REDIS_DEEPEST || elements > REDIS_MOST_ELEMENTS)
		return NULL; /* hiredis takes it for no memory */
	return plain->createArray(task, elements);
}

/* Set the limits; functions must stay as long as context. */
static inline void
redis_limit(redisContext *context, redisReplyObjectFunctions *functions)
{
	*functions = *context->reader->fn;
	context->reader->privdata = context->reader->fn;
	functions->createArray = redis_array;
	context->reader->fn = functions;
}

/*
 * Send what was appended, and take one answer.  NULL, and context->err is set: there is
 * none, or it does not end within most ms, which is REDIS_ERR_IO with errno EAGAIN.
 */
static inline redisReply *
redis_answer(redisContext *context, uint64_t most)
{
	uint64_t begin = clock_ms();
	void *reply = NULL;
	int done = 0;

	while (!done)
		if (redisBufferWrite(context, &done) != REDIS_OK)
			return NULL;
	while (redisReaderGetReply(context->reader, &reply) == REDIS_OK) {
		if (reply != NULL)
			return reply;
		if (clock_ms() - begin > most) {
			context->err = REDIS_ERR_IO;
			errno = EAGAIN;
			return NULL;
		}
		if (redisBufferRead(context) != REDIS_OK)
			return NULL;
	}
	context->err = context->reader->err;
	snprintf(context->errstr, sizeof(context->errstr), "%s", context->reader->errstr);
	return NULL;
}

#endif
