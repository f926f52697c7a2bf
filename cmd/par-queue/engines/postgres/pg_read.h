/* SPDX-License-Identifier: ISC */
/*
 * pg_read - the calls of who reads results or dead ones, and of who looks at a queue.
 */
#ifndef PAR_QUEUE_PG_READ_H
#define PAR_QUEUE_PG_READ_H

#include "engine.h"

enum engine_end pg_read(struct engine *engine, struct engine_read *read);
enum engine_end pg_stat(struct engine *engine, struct engine_stat *stat);

#endif
