/* SPDX-License-Identifier: ISC */
/*
 * redis_tell - what changes a queue, other than records that come and go; see engine.h.
 */
#ifndef PAR_QUEUE_REDIS_TELL_H
#define PAR_QUEUE_REDIS_TELL_H

#include "engine.h"

enum engine_end
redis_tell(struct engine *engine, enum engine_told what, const char *value);
enum engine_end
redis_revoke(struct engine *engine, char *const *numbers, uint64_t *records);
enum engine_end redis_dead(struct engine *engine, const char *after,
    const struct engine_grave **graves, size_t *count);
enum engine_end redis_undead(
    struct engine *engine, bool requeue, const struct engine_grave *graves, size_t count);
enum engine_end redis_purge(struct engine *engine);

#endif
