/* SPDX-License-Identifier: ISC */
/*
 * file_copy - what copies a queue: all that there is of it read and put, and its mark;
 * see engine.h.
 */
#ifndef PAR_QUEUE_FILE_COPY_H
#define PAR_QUEUE_FILE_COPY_H

#include "engine.h"

enum engine_end file_read_stock(struct engine *engine, struct engine_read *read);
enum engine_end file_put_copied(struct engine *engine, struct engine_put *put);
enum engine_end file_mark(struct engine *engine, struct engine_tell *tell);

#endif
