/* SPDX-License-Identifier: ISC */
/*
 * deadline - since when one worker is waited for, and the record that took too long.
 */
#ifndef PAR_RUN_DEADLINE_H
#define PAR_RUN_DEADLINE_H

#include <stdint.h>

struct deadline {
	uint64_t started_at; /* work time, if it has not said hello; or 0 */
	uint64_t input_ended_at; /* work time, if it was */
	uint64_t kill_at; /* clock_ms() when it is killed, if it was told to end; or 0 */
	uint64_t late; /* the record that is to blame, if it was told to end */
};

/* A worker was started; now: work time. */
static inline void
deadline_begin(struct deadline *deadline, uint64_t now)
{
	deadline->started_at = now;
	deadline->kill_at = 0;
}

/* The worker has said hello; how long that took.  0: it had before. */
static inline uint64_t
deadline_hello(struct deadline *deadline, uint64_t now)
{
	uint64_t took = now - deadline->started_at + 1;

	if (deadline->started_at == 0)
		return 0;
	deadline->started_at = 0;
	return took;
}

/* The worker's input has ended. */
static inline void
deadline_end_input(struct deadline *deadline, uint64_t now)
{
	deadline->input_ended_at = now;
}

/* That record is to blame. */
static inline void
deadline_blame(struct deadline *deadline, uint64_t number)
{
	deadline->late = number;
}

/* The worker was told to end, and is killed then; UINT64_MAX: it was killed. */
static inline void
deadline_set(struct deadline *deadline, uint64_t kill_at)
{
	deadline->kill_at = kill_at;
}

#endif
