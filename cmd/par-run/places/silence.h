/* SPDX-License-Identifier: ISC */
/*
 * silence - how long one worker has said nothing, and what was done about that.
 */
#ifndef PAR_RUN_SILENCE_H
#define PAR_RUN_SILENCE_H

#include <stdbool.h>
#include <stdint.h>

struct silence {
	uint64_t look_at; /* clock_ms() of the next look at it */
	uint64_t pause; /* ms until the one after it */
	uint64_t widened; /* bytes that it may have unanswered; 0: as usual */
	uint64_t consumed; /* bytes that it had read when that was last asked */
	bool stuffed; /* its input was ended at the limit, and no answer came before */
	bool excused; /* it is made to answer, and has as long again for that */
};

/* The worker was given records and had none, at now: it is looked at soon. */
static inline void
silence_given(struct silence *silence, uint64_t now)
{
	silence->pause = 1;
	silence->look_at = now + 1;
}

/* A worker was started. */
static inline void
silence_begin(struct silence *silence, uint64_t now)
{
	bool stuffed = silence->stuffed;

	*silence = (struct silence){ .stuffed = stuffed };
	silence_given(silence, now);
}

/* The worker has answered; open: before its input was ended. */
static inline void
silence_broken(struct silence *silence, uint64_t now, bool open)
{
	if (open)
		silence->stuffed = false;
	silence->pause = 1;
	silence->look_at = now + 2;
}

/* After a look, at now: the next one is after that pause, ms. */
static inline void
silence_look(struct silence *silence, uint64_t now, uint64_t pause)
{
	silence->pause = pause;
	silence->look_at = now + pause;
}

/* The worker may have so many bytes unanswered from now on. */
static inline void
silence_widen(struct silence *silence, uint64_t bytes)
{
	silence->widened = bytes;
}

/* The worker's input is ended as it is at the limit. */
static inline void
silence_stuff(struct silence *silence)
{
	silence->stuffed = true;
}

/* Has it read more than when that was last asked?  So many bytes it has now. */
static inline bool
silence_reads(struct silence *silence, uint64_t consumed)
{
	bool more = consumed > silence->consumed;

	silence->consumed = more ? consumed : silence->consumed;
	return more;
}

/* The worker is excused, once. */
static inline void
silence_excuse(struct silence *silence)
{
	silence->excused = true;
}

#endif
