/* SPDX-License-Identifier: ISC */
/*
 * overdue - how long a worker may take, with --timeout: for a record, to start, to end.
 */
#ifndef PAR_RUN_OVERDUE_H
#define PAR_RUN_OVERDUE_H

#include "run.h"

/* When the worker of slot has taken too long, clock_ms(); UINT64_MAX if it cannot. */
uint64_t overdue_at(const struct run *run, const struct slot *slot);

/* If it has, it is told to end, and then killed. */
void overdue_check(struct run *run, struct slot *slot);

/* It has said hello: how long that took is how long others may take, about. */
void overdue_hello(struct run *run, struct slot *slot);

#endif
