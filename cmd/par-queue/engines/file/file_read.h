/* SPDX-License-Identifier: ISC */
/*
 * file_read - what is told of a queue: results, dead ones, numbers, workers; see
 * engine.h.
 */
#ifndef PAR_QUEUE_FILE_READ_H
#define PAR_QUEUE_FILE_READ_H

#include "engine.h"

enum engine_end file_read(struct engine *engine, struct engine_read *read);
enum engine_end file_stat(struct engine *engine, struct engine_stat *stat);

#endif
