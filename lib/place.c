/* SPDX-License-Identifier: ISC */

#include "place.h"

enum {
	SAME = PLACE_STATES, /* nothing comes of it */
	NEVER /* that cannot be */
};

/* What comes of each event in each state. */
static const unsigned char next[PLACE_STATES][PLACE_EVENTS] = {
	[PLACE_EMPTY] = { [PLACE_START] = PLACE_STARTING,
	    [PLACE_KNOWN] = NEVER,
	    [PLACE_PLAIN] = NEVER,
	    [PLACE_LET_GO] = NEVER,
	    [PLACE_END_INPUT] = NEVER,
	    [PLACE_TERMINATE] = NEVER,
	    [PLACE_GONE] = NEVER,
	    [PLACE_GONE_EARLY] = NEVER,
	    [PLACE_RETIRE] = PLACE_RETIRED,
	    [PLACE_RECALL] = SAME },
	[PLACE_STARTING] = { [PLACE_START] = NEVER,
	    [PLACE_KNOWN] = PLACE_WORKING,
	    [PLACE_PLAIN] = PLACE_STREAMING,
	    [PLACE_LET_GO] = PLACE_LEAVING,
	    [PLACE_END_INPUT] = PLACE_ENDING,
	    [PLACE_TERMINATE] = PLACE_DYING,
	    [PLACE_GONE] = PLACE_EMPTY,
	    [PLACE_GONE_EARLY] = PLACE_RETIRED,
	    [PLACE_RETIRE] = SAME,
	    [PLACE_RECALL] = SAME },
	[PLACE_WORKING] = { [PLACE_START] = NEVER,
	    [PLACE_KNOWN] = SAME, /* hello may be repeated */
	    [PLACE_PLAIN] = NEVER,
	    [PLACE_LET_GO] = PLACE_LEAVING,
	    [PLACE_END_INPUT] = PLACE_ENDING,
	    [PLACE_TERMINATE] = PLACE_DYING,
	    [PLACE_GONE] = PLACE_EMPTY,
	    [PLACE_GONE_EARLY] = NEVER,
	    [PLACE_RETIRE] = SAME,
	    [PLACE_RECALL] = SAME },
	[PLACE_STREAMING] = { [PLACE_START] = NEVER,
	    [PLACE_KNOWN] = NEVER,
	    [PLACE_PLAIN] = NEVER,
	    [PLACE_LET_GO] = PLACE_LEAVING,
	    [PLACE_END_INPUT] = PLACE_ENDING,
	    [PLACE_TERMINATE] = PLACE_DYING,
	    [PLACE_GONE] = PLACE_EMPTY,
	    [PLACE_GONE_EARLY] = PLACE_RETIRED,
	    [PLACE_RETIRE] = SAME,
	    [PLACE_RECALL] = SAME },
	[PLACE_LEAVING] = { [PLACE_START] = NEVER,
	    [PLACE_KNOWN] = SAME,
	    [PLACE_PLAIN] = SAME,
	    [PLACE_LET_GO] = SAME,
	    [PLACE_END_INPUT] = PLACE_ENDING,
	    [PLACE_TERMINATE] = PLACE_DYING,
	    [PLACE_GONE] = PLACE_EMPTY,
	    [PLACE_GONE_EARLY] = PLACE_RETIRED,
	    [PLACE_RETIRE] = SAME,
	    [PLACE_RECALL] = SAME },
	[PLACE_ENDING] = { [PLACE_START] = NEVER,
	    [PLACE_KNOWN] = SAME,
	    [PLACE_PLAIN] = SAME,
	    [PLACE_LET_GO] = SAME,
	    [PLACE_END_INPUT] = SAME,
	    [PLACE_TERMINATE] = PLACE_DYING,
	    [PLACE_GONE] = PLACE_EMPTY,
	    [PLACE_GONE_EARLY] = NEVER,
	    [PLACE_RETIRE] = SAME,
	    [PLACE_RECALL] = SAME },
	[PLACE_DYING] = { [PLACE_START] = NEVER,
	    [PLACE_KNOWN] = SAME,
	    [PLACE_PLAIN] = SAME,
	    [PLACE_LET_GO] = SAME,
	    [PLACE_END_INPUT] = SAME,
	    [PLACE_TERMINATE] = SAME,
	    [PLACE_GONE] = PLACE_EMPTY,
	    [PLACE_GONE_EARLY] = PLACE_RETIRED,
	    [PLACE_RETIRE] = SAME,
	    [PLACE_RECALL] = SAME },
	[PLACE_RETIRED] = { [PLACE_START] = NEVER,
	    [PLACE_KNOWN] = NEVER,
	    [PLACE_PLAIN] = NEVER,
	    [PLACE_LET_GO] = NEVER,
	    [PLACE_END_INPUT] = NEVER,
	    [PLACE_TERMINATE] = NEVER,
	    [PLACE_GONE] = NEVER,
	    [PLACE_GONE_EARLY] = NEVER,
	    [PLACE_RETIRE] = SAME,
	    [PLACE_RECALL] = PLACE_EMPTY },
};

/* A fault of ours: it is found where faults are looked for, and does no harm elsewhere.
 */
static void
impossible(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(PAR_CHECKED)
	__builtin_trap();
#endif
}

void
place_event(struct place *place, enum place_event event)
{
	unsigned to = next[place->state][event];

	if (event == PLACE_START)
		place->cause = PLACE_NO_CAUSE;
	if (event == PLACE_RETIRE || event == PLACE_RECALL)
		place->spare = event == PLACE_RETIRE && place_may(place, PLACE_HEAR);
	if (to == NEVER)
		impossible();
	if (to >= PLACE_STATES)
		return;
	place->state = to == PLACE_EMPTY && place->spare ? PLACE_RETIRED : to;
	if (!place_may(place, PLACE_HEAR))
		place->spare = false;
}

void
place_terminate(struct place *place, enum place_cause cause)
{
	place_event(place, PLACE_TERMINATE);
	if (place->cause == PLACE_NO_CAUSE)
		place->cause = cause;
}

/* Is it one that can never work, and does that matter? */
static bool
is_permanent(const struct place *place, const struct place_end *end)
{
	if (place->cause != PLACE_NO_CAUSE)
		return place->cause == PLACE_REFUSED;
	return end->never && (end->reports || end->left > 0 || end->more);
}

enum place_verdict
place_judge(const struct place *place, const struct place_end *end)
{
	bool bad = end->failed || place->cause != PLACE_NO_CAUSE;

	if (is_permanent(place, end))
		return PLACE_PERMANENT;
	if (end->left == 0)
		return PLACE_DONE;
	/* With its input at an end it had to tell of all: sent again it would be so
	 * again. */
	if (end->stopped || !end->reports || !end->read || (!bad && end->open))
		return PLACE_AGAIN;
	return PLACE_BROKEN;
}
