/* SPDX-License-Identifier: ISC */
/*
 * pg_put - the calls of a producer.
 */
#ifndef PAR_QUEUE_PG_PUT_H
#define PAR_QUEUE_PG_PUT_H

#include "engine.h"

enum engine_end pg_put(struct engine *engine, struct engine_put *put);

#endif
