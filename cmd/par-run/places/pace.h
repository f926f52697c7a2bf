/* SPDX-License-Identifier: ISC */
/*
 * pace - how many records to have in flight over a link.
 *
 * What is in flight to a host is on its way, too, for a time that nobody knows.  So
 * it is tried out: twice as much, and if more is not done for it then not so; half
 * as much, and if no less is done then that will do.
 */
#ifndef PAR_RUN_PACE_H
#define PAR_RUN_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum pace_trial { PACE_NONE, PACE_MORE, PACE_LESS };

/* All zero for a link that is new. */
struct pace {
	enum pace_trial trial; /* that goes on */
	bool settling; /* what was sent before it began is still being finished */
	bool less_next; /* which trial comes next, where both can be */
	unsigned rest; /* samples before it does */
	uint64_t rate; /* records a second without the trial */
};

/* What there is to choose from. */
struct pace_limits {
	uint64_t least, most; /* records in flight */
};

/*
 * With credit records in flight acks were finished within interval ns: how many are to
 * be in flight from now on.
 */
uint64_t pace_sample(struct pace *pace, const struct pace_limits *limits, uint64_t credit,
    uint64_t acks, uint64_t interval);

#endif
