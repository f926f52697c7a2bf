/* SPDX-License-Identifier: ISC */
/*
 * file_put - the producer's call, see engine.h.
 */
#ifndef PAR_QUEUE_FILE_PUT_H
#define PAR_QUEUE_FILE_PUT_H

#include "engine.h"

enum engine_end file_put(struct engine *engine, struct engine_put *put);

#endif
