/* SPDX-License-Identifier: ISC */
/*
 * file_work - the other calls of a worker, see engine.h.
 */
#ifndef PAR_QUEUE_FILE_WORK_H
#define PAR_QUEUE_FILE_WORK_H

#include "engine.h"

enum engine_end
file_commit(struct engine *engine, struct engine_commit *commits, size_t count);
enum engine_end file_beat(struct engine *engine, struct engine_beat *beat);

#endif
