/* SPDX-License-Identifier: ISC */
#include "backoff.h"

/* The first wait is doubled so often at the most. */
enum { SHIFTS = 63 };

uint64_t
backoff_wait(const struct backoff *backoff, uint64_t failures, uint64_t chance)
{
	uint64_t wait = backoff->longest, doubled = failures - 1;

	if (failures == 0 || backoff->first == 0)
		return 0;
	if (doubled <= SHIFTS && backoff->first <= backoff->longest >> doubled)
		wait = backoff->first << doubled;
	return backoff->spread ? wait - wait / 2 + chance % (wait / 2 + 1) : wait;
}

uint64_t
backoff_next(const struct backoff *backoff, uint64_t last)
{
	uint64_t wait = backoff->first;

	if (last != 0)
		wait = last <= backoff->longest / 2 ? 2 * last : backoff->longest;
	return wait < backoff->longest ? wait : backoff->longest;
}
