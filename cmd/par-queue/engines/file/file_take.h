/* SPDX-License-Identifier: ISC */
/*
 * file_take - what a worker is given, see engine.h.
 */
#ifndef PAR_QUEUE_FILE_TAKE_H
#define PAR_QUEUE_FILE_TAKE_H

#include "engine.h"

enum engine_end file_take(struct engine *engine, struct engine_take *take);

#endif
