/* SPDX-License-Identifier: ISC */
/*
 * redis_work - the worker's calls, see engine.h.
 */
#ifndef PAR_QUEUE_REDIS_WORK_H
#define PAR_QUEUE_REDIS_WORK_H

#include "queue.h"

enum engine_end redis_take(struct engine *engine, struct engine_take *take);
enum engine_end
redis_commit(struct engine *engine, struct engine_commit *commits, size_t count);
enum engine_end redis_beat(struct engine *engine, struct engine_beat *beat);

/*
 * What take.lua gives: so many replies for each chunk, so many for each that died, and
 * their shape; see reply.h.
 */
enum { GIVEN = 7, BURIED = 3 };
#define GIVEN_SHAPE "[{tnn##bn}]"
#define TAKEN_SHAPE "[" GIVEN_SHAPE "[{bnb}]]"

/* A chunk of these. */
void redis_given(struct engine_chunk *chunk, redisReply *const *given);

/* The call of commit.lua. */
void redis_ask_commit(
    const struct queue *queue, struct call *call, const struct engine_commit *commit);

#endif
