/* SPDX-License-Identifier: ISC */
/*
 * redis_check - is a server one that a queue can be trusted to?  See engine.h.
 */
#ifndef PAR_QUEUE_REDIS_CHECK_H
#define PAR_QUEUE_REDIS_CHECK_H

#include "engine.h"

/* One that does not tell how it is set up is trusted. */
enum engine_end redis_ready(struct engine *engine);
enum engine_end redis_check(struct engine *engine, bool *good);

#endif
