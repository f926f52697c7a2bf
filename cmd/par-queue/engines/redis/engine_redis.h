/* SPDX-License-Identifier: ISC */
/*
 * engine_redis - queues on a Redis server, as streams; what happens there is in the files
 * *.lua, each one step.
 */
#ifndef PAR_QUEUE_ENGINE_REDIS_H
#define PAR_QUEUE_ENGINE_REDIS_H

#include "engine.h"

extern const struct engine_kind engine_redis;

#endif
