/* SPDX-License-Identifier: ISC */
/*
 * engine_file - queues in a folder of this machine, for one user: no server, and nobody
 * asks again and again.  How they are kept is in depot.h, file_queue.h and watch.h.
 */
#ifndef PAR_QUEUE_ENGINE_FILE_H
#define PAR_QUEUE_ENGINE_FILE_H

#include "engine.h"

extern const struct engine_kind engine_file;

#endif
