/* SPDX-License-Identifier: ISC */
/*
 * redis - answers of a Redis server by hiredis, within limits: of time, of elements and
 * of arrays in arrays.  In a header, since only programs that use hiredis have it.
 */
#ifndef PAR_REDIS_H
#define PAR_REDIS_H

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <hiredis/hiredis.h>
#if HIREDIS_MAJOR < 1
#include <hiredis/sds.h>
#endif

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

/* What keeps a reader within its limits. */
struct redis_limits {
	redisReplyObjectFunctions functions; /* its own, but for arrays */
	const redisReplyObjectFunctions *plain;
	bool beyond; /* an answer was, which hiredis takes for no memory */
};

/* An array that is begun, of which the server says how many elements it has. */
static inline void *
redis_array(const redisReadTask *task, REDIS_COUNT elements)
{
	struct redis_limits *limits = task->privdata;
	int depth = 0;

	for (const redisReadTask *above = task->parent; above != NULL;
	     above = above->parent)
		depth++;
	if (depth >= REDIS_DEEPEST || elements > REDIS_MOST_ELEMENTS) {
		limits->beyond = true;
		return NULL;
	}
	return limits->plain->createArray(task, elements);
}

#if HIREDIS_MAJOR > 0
#define redis_send redisBufferWrite
#else
/* Does what redisBufferWrite() does, which crashes where there is no memory. */
static inline int
redis_send(redisContext *context, int *done)
{
	ssize_t n;

	*done = sdslen(context->obuf) == 0;
	if (*done) /* a server that has closed may have answered before */
		return REDIS_OK;
	n = write(context->fd, context->obuf, sdslen(context->obuf));
	if (n < 0 && errno != EINTR) {
		context->err = REDIS_ERR_IO;
		snprintf(context->errstr, sizeof(context->errstr), "%s", strerror(errno));
		return REDIS_ERR;
	}
	if (n > 0)
		sdsrange(context->obuf, (int)n, -1);
	*done = sdslen(context->obuf) == 0;
	return REDIS_OK;
}
#endif

/* Set the limits, which must stay as long as context. */
static inline void
redis_limit(redisContext *context, struct redis_limits *limits)
{
	*limits = (struct redis_limits){ .functions = *context->reader->fn,
		.plain = context->reader->fn };
	limits->functions.createArray = redis_array;
	context->reader->privdata = limits;
	context->reader->fn = &limits->functions;
}

/* Is there no context, or no answer, for want of memory? */
static inline bool
redis_lacks_memory(const redisContext *context)
{
	return context == NULL || context->err == REDIS_ERR_OOM;
}

/* How an answer is waited for. */
struct redis_wait {
	uint64_t silent; /* ms in which nothing of it comes */
	uint64_t most; /* ms that it may take in all */
	int wake; /* readable: after a while without an answer wait no longer; or -1 */
};

enum { REDIS_QUIET = 500 /* ms until that counts */ };

/* Is more of an answer there?  Else errno is EAGAIN, or EINTR where wake was readable. */
static inline bool
redis_await(const redisContext *context, const struct redis_wait *wait)
{
	struct pollfd polls[] = { { .fd = context->fd, .events = POLLIN },
		{ .fd = wait->wake, .events = POLLIN } };
	uint64_t begin = clock_ms(), past = 0;

	while (past < wait->silent) {
		bool quiet = wait->wake >= 0 && past >= REDIS_QUIET;
		uint64_t left = wait->silent - past;

		if (wait->wake >= 0 && !quiet && left > REDIS_QUIET - past)
			left = REDIS_QUIET - past;
		if (left > INT32_MAX)
			left = INT32_MAX;
		if (poll(polls, quiet ? 2 : 1, (int)left) > 0 && polls[0].revents != 0)
			return true;
		if (quiet && polls[1].revents != 0) {
			errno = EINTR;
			return false;
		}
		past = clock_ms() - begin;
	}
	errno = EAGAIN;
	return false;
}

/*
 * Send what was appended, and take one answer.  NULL, and context->err is set: there is
 * none, or REDIS_ERR_IO with errno EAGAIN, it was waited for too long, or EINTR, wake was
 * readable.
 */
static inline redisReply *
redis_answer(redisContext *context, const struct redis_wait *wait)
{
	uint64_t begin = clock_ms();
	void *reply = NULL;
	int done = 0;

	while (!done)
		if (redis_send(context, &done) != REDIS_OK)
			return NULL;
	while (redisReaderGetReply(context->reader, &reply) == REDIS_OK) {
		if (reply != NULL)
			return reply;
		errno = EAGAIN;
		if (clock_ms() - begin > wait->most || !redis_await(context, wait)) {
			context->err = REDIS_ERR_IO;
			return NULL;
		}
		if (redisBufferRead(context) != REDIS_OK)
			return NULL;
	}
	if (((const struct redis_limits *)context->reader->privdata)->beyond) {
		context->err = REDIS_ERR_PROTOCOL;
		snprintf(context->errstr, sizeof(context->errstr),
		    "an answer beyond all limits");
		return NULL;
	}
	context->err = context->reader->err;
	snprintf(context->errstr, sizeof(context->errstr), "%s", context->reader->errstr);
	return NULL;
}

#endif
