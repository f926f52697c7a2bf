/* SPDX-License-Identifier: ISC */
/*
 * reap - processes that have ended: what they left is taken, what they had is requeued or
 * given up, and their places are empty.
 */
#ifndef PAR_RUN_REAP_H
#define PAR_RUN_REAP_H

#include <stdbool.h>
#include <stdint.h>

#include "collect.h"
#include "death.h"
#include "gate.h"
#include "output.h"
#include "plain.h"
#include "pool.h"
#include "record_files.h"
#include "starts.h"
#include "times.h"

struct reap {
	const struct times *times;
	struct gate *gate;
	struct outflow *output;
	struct pool *pool;
	struct starts *starts;
	struct plain *plain;
	struct collect *collect;
	struct death *death;
	struct record_files *record_files;
	struct oom_counts *oom; /* whom the kernel has killed so far */
	uint64_t look_at; /* clock_ms() of the next look at all of them */
};

/*
 * See who has ended, of all if it was told that some have, or it is time to; else of
 * those that are known to have and left others.
 */
void reap_turn(struct reap *reap, bool told);

/* When it will be time to look at all of them, clock_ms(); UINT64_MAX: there are none. */
uint64_t reap_due(const struct reap *reap);

#endif
