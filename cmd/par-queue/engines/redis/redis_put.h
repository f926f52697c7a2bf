/* SPDX-License-Identifier: ISC */
/*
 * redis_put - the producer's call, see engine.h.
 */
#ifndef PAR_QUEUE_REDIS_PUT_H
#define PAR_QUEUE_REDIS_PUT_H

#include "engine.h"

enum engine_end redis_put(struct engine *engine, struct engine_put *put);

#endif
