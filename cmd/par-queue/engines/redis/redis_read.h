/* SPDX-License-Identifier: ISC */
/*
 * redis_read - what is told of a queue: results, dead ones, numbers, workers; see
 * engine.h.
 */
#ifndef PAR_QUEUE_REDIS_READ_H
#define PAR_QUEUE_REDIS_READ_H

#include "engine.h"

/* What stat.lua answers; see reply.h. */
#define STAT_SHAPE "[iiiiiiiiiiidinb]"

enum engine_end redis_read(struct engine *engine, struct engine_read *read);
enum engine_end redis_stat(struct engine *engine, struct engine_stat *stat);

/* Ask for the numbers: also, is it a queue that we can read? */
enum engine_end redis_numbers(struct engine *engine, struct engine_stat *stat);

#endif
