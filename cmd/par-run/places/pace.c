/* SPDX-License-Identifier: ISC */
#include "pace.h"

enum {
	REST = 16, /* samples between trials */
	SHORT_INTERVAL =
	    20 * 1000 * 1000 /* ns: no record waits long, less is not better */
};

/* Begin a trial, or go on with it by another step. */
static uint64_t
step(struct pace *pace, enum pace_trial trial, uint64_t credit)
{
	pace->trial = trial;
	pace->settling = true;
	return trial == PACE_MORE ? 2 * credit : credit / 2;
}

/* End the trial; stay for a while. */
static uint64_t
stay(struct pace *pace, uint64_t credit)
{
	pace->trial = PACE_NONE;
	pace->rest = REST;
	return credit;
}

uint64_t
pace_sample(struct pace *pace, const struct pace_limits *limits, uint64_t credit,
    uint64_t acks, uint64_t interval)
{
	uint64_t rate = acks * 1000000000 / (interval + 1), before = pace->rate;
	bool more = credit <= limits->most / 2;
	bool less = credit / 2 >= limits->least && interval > SHORT_INTERVAL;

	if (pace->settling) {
		pace->settling = false;
		return credit;
	}
	if (pace->trial == PACE_MORE && rate <= before + before / 8)
		return stay(pace, credit / 2);
	if (pace->trial == PACE_LESS && rate < before - before / 8)
		return stay(pace, 2 * credit);
	pace->rate = rate;
	if (pace->trial == PACE_MORE)
		return more ? step(pace, PACE_MORE, credit) : stay(pace, credit);
	if (pace->trial == PACE_LESS)
		return less ? step(pace, PACE_LESS, credit) : stay(pace, credit);
	if (pace->rest > 0) {
		pace->rest--;
		return credit;
	}
	pace->less_next = !pace->less_next;
	if (less && (!more || !pace->less_next))
		return step(pace, PACE_LESS, credit);
	return more ? step(pace, PACE_MORE, credit) : stay(pace, credit);
}
