/* SPDX-License-Identifier: ISC */
#include "beat.h"

/* Is there somebody who was greeted, and listens? */
static bool
is_heard(const struct beat *beat)
{
	const struct nature *nature = beat->nature;

	return beat->options->serve && beat->options->host_beat != 0 &&
	    nature->parent->fd >= 0 && nature->kind != WORKER_PLAIN &&
	    (nature->kind != WORKER_UNKNOWN || nature->ours.standing == STANDING_UNSURE);
}

void
beat_turn(struct beat *beat)
{
	uint64_t now = beat->times->now;

	if (!is_heard(beat) || now < beat->next_at)
		return;
	/* What waits to be read says the same. */
	if (beat->next_at != 0 && !beat->nature->parent->stuck)
		nature_greet(beat->nature, &beat->nature->ours);
	beat->next_at = now + beat->options->host_beat;
}

uint64_t
beat_due(const struct beat *beat)
{
	return is_heard(beat) ? beat->next_at : UINT64_MAX;
}
