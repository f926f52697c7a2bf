/* SPDX-License-Identifier: ISC */
/*
 * pg_schema - the tables and functions on a server, in the schema par_queue: made where
 * there are none, brought to our version where they are older, and refused by name where
 * they are newer.
 */
#ifndef PAR_QUEUE_PG_SCHEMA_H
#define PAR_QUEUE_PG_SCHEMA_H

#include "pg_wire.h"

/* What a new connection needs before it is used: see pg_wire.h. */
enum pg_attempt pg_schema_introduce(struct pg_wire *wire);

#endif
