/* SPDX-License-Identifier: ISC */
/*
 * pg_check - may a server be trusted with queues, and what may it lose?
 */
#ifndef PAR_QUEUE_PG_CHECK_H
#define PAR_QUEUE_PG_CHECK_H

#include "engine.h"

/* It can be used at all; ENGINE_BROKEN if not. */
enum engine_end pg_ready(struct engine *engine);

/* The same, and what it may lose is said on standard error. */
enum engine_end pg_check(struct engine *engine, bool *good);

#endif
