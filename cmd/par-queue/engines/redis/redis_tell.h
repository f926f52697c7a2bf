/* SPDX-License-Identifier: ISC */
/*
 * redis_tell - what changes a queue, other than records that come and go, see engine.h.
 */
#ifndef PAR_QUEUE_REDIS_TELL_H
#define PAR_QUEUE_REDIS_TELL_H

#include "engine.h"

enum engine_end redis_tell(struct engine *engine, struct engine_tell *tell);

#endif
