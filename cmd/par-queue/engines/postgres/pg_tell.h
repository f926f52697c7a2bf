/* SPDX-License-Identifier: ISC */
/*
 * pg_tell - the call of who changes a queue.
 */
#ifndef PAR_QUEUE_PG_TELL_H
#define PAR_QUEUE_PG_TELL_H

#include "engine.h"

enum engine_end pg_tell(struct engine *engine, struct engine_tell *tell);

#endif
