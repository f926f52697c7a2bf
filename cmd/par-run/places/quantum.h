/* SPDX-License-Identifier: ISC */
/*
 * quantum - how many bytes a plain worker gets at a time: more the sooner it reads them.
 * It gets more only when it has read what it was given: its pipe is as small as can be.
 */
#ifndef PAR_RUN_QUANTUM_H
#define PAR_RUN_QUANTUM_H

#include <stddef.h>
#include <stdint.h>

#include "worker.h"

enum quantum_state {
	QUANTUM_OPEN, /* it may be given more */
	QUANTUM_GIVEN, /* it was given some, and has not read that */
	QUANTUM_DRAINING /* the same, and its pipe is still too large to show it */
};

struct quantum {
	enum quantum_state state;
	size_t size; /* bytes */
	uint64_t given_at; /* clock_ns() when it was last given some */
};

/* A worker was started, or has shown that it is plain: it begins with little. */
void quantum_begin(struct quantum *quantum);

/* The worker is given some: it can be written to no more. */
static inline void
quantum_given(struct quantum *quantum)
{
	quantum->state = QUANTUM_GIVEN;
}

/* All of it was written, now. */
void quantum_written(struct quantum *quantum);

/*
 * The worker can be written to, and so has read what it was given: how soon?  Of many
 * workers none can be seen to have read sooner than in a round through all of them.
 */
void quantum_read(struct quantum *quantum, struct worker *worker, size_t workers);

/* Has it read what fills its pipe?  Then it may have more. */
void quantum_check(struct quantum *quantum, struct worker *worker);

#endif
