/* SPDX-License-Identifier: ISC */
/*
 * pg_work - the calls of a worker.
 */
#ifndef PAR_QUEUE_PG_WORK_H
#define PAR_QUEUE_PG_WORK_H

#include "engine.h"

enum engine_end pg_take(struct engine *engine, struct engine_take *take);
enum engine_end
pg_commit(struct engine *engine, struct engine_commit *commits, size_t count);
enum engine_end pg_beat(struct engine *engine, struct engine_beat *beat);

#endif
