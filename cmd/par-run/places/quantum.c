/* SPDX-License-Identifier: ISC */
#include <limits.h>

#include "clock.h"
#include "quantum.h"

enum {
	MOST = 256 << 10, /* bytes */
	FAST = 1 * 1000 * 1000, /* ns from given to read */
	SLOW = 10 * 1000 * 1000,
	ROUND = 100 * 1000 /* ns that each of many costs, in a round through all */
};

void
quantum_begin(struct quantum *quantum)
{
	quantum->state = QUANTUM_OPEN;
	quantum->size = 1;
}

void
quantum_written(struct quantum *quantum)
{
	quantum->given_at = clock_ns();
}

void
quantum_read(struct quantum *quantum, struct worker *worker, size_t workers)
{
	uint64_t took = clock_ns() - quantum->given_at;
	uint64_t fast = workers * ROUND > FAST ? workers * ROUND : FAST;

	quantum->state = QUANTUM_OPEN;
	if (took < fast && quantum->size < MOST) {
		quantum->size *= 8;
		if (quantum->size > MOST)
			quantum->size = MOST;
		if (quantum->size > worker->in_room)
			worker_in_size(worker, quantum->size);
	} else if (took > SLOW / FAST * fast && quantum->size > 1) {
		quantum->size = 1;
		worker_in_size(worker, 1);
		if (worker->in_room > PIPE_BUF)
			quantum->state = QUANTUM_DRAINING;
	}
}

void
quantum_check(struct quantum *quantum, struct worker *worker)
{
	if (quantum->state != QUANTUM_DRAINING || worker->in < 0 ||
	    worker_unread(worker) > 0)
		return;
	worker_in_size(worker, 1);
	quantum->state = QUANTUM_OPEN;
}
