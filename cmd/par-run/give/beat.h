/* SPDX-License-Identifier: ISC */
/*
 * beat - at the end of a link, the other end hears now and then that this one lives: it
 * is greeted again.
 */
#ifndef PAR_RUN_BEAT_H
#define PAR_RUN_BEAT_H

#include <stdint.h>

#include "nature.h"
#include "options.h"
#include "times.h"

struct beat {
	const struct run_options *options;
	const struct times *times;
	struct nature *nature;
	uint64_t next_at; /* clock_ms(); 0: there was none yet */
};

/* Greet it again, if it is time. */
void beat_turn(struct beat *beat);

/* When that is next, clock_ms(); UINT64_MAX: never. */
uint64_t beat_due(const struct beat *beat);

#endif
