/* SPDX-License-Identifier: ISC */
/*
 * redis_put - the producer's calls, see engine.h.
 */
#ifndef PAR_QUEUE_REDIS_PUT_H
#define PAR_QUEUE_REDIS_PUT_H

#include "engine.h"

enum engine_end redis_begin(struct engine *engine, const char *producer, uint64_t count,
    uint64_t *come, uint64_t *first);
enum engine_end redis_put(struct engine *engine, const struct engine_put *put,
    struct engine_piece *pieces, size_t count);
enum engine_end redis_forget(struct engine *engine, const char *producer);

#endif
