/* SPDX-License-Identifier: ISC */
/*
 * engine_pg - queues on a PostgreSQL server, in tables of a schema of their own.
 */
#ifndef PAR_QUEUE_ENGINE_PG_H
#define PAR_QUEUE_ENGINE_PG_H

#include "engine.h"

extern const struct engine_kind engine_pg;

#endif
