/* SPDX-License-Identifier: ISC */
/*
 * redis_read - what is told of a queue: results, numbers, workers; see engine.h.
 */
#ifndef PAR_QUEUE_REDIS_READ_H
#define PAR_QUEUE_REDIS_READ_H

#include "engine.h"

/* What stat.lua answers; see reply.h. */
#define STAT_SHAPE "[iiiiiiiiiiid]"

enum engine_end redis_read(struct engine *engine, struct engine_read *read);
enum engine_end redis_stat(struct engine *engine, struct engine_stat *stat);
enum engine_end redis_workers(struct engine *engine, uint64_t *now,
    const struct engine_worker **workers, size_t *count);

#endif
