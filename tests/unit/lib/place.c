/* SPDX-License-Identifier: ISC */
#include "place.h"
#include "chance.h"
#include "check.h"

/* What a place is by the facts, told without a table. */
struct facts {
	bool process, shown, plain, let_go, input_ended, told, spare, retired;
};

static enum place_state
state_of(const struct facts *f)
{
	if (!f->process)
		return f->retired ? PLACE_RETIRED : PLACE_EMPTY;
	if (f->told)
		return PLACE_DYING;
	if (f->input_ended)
		return PLACE_ENDING;
	if (f->let_go)
		return PLACE_LEAVING;
	if (!f->shown)
		return PLACE_STARTING;
	return f->plain ? PLACE_STREAMING : PLACE_WORKING;
}

/* Can that event be, by the facts? */
static bool
possible(const struct facts *f, enum place_event event)
{
	bool open = !f->let_go && !f->input_ended && !f->told;

	switch (event) {
	case PLACE_START:
		return !f->process && !f->retired;
	case PLACE_RETIRE:
	case PLACE_RECALL:
		return true;
	case PLACE_KNOWN:
		return f->process && !(f->shown && f->plain);
	case PLACE_PLAIN:
		return f->process && !f->shown;
	case PLACE_GONE_EARLY:
		return f->process && !f->input_ended && (!open || !f->shown || f->plain);
	case PLACE_LET_GO:
	case PLACE_END_INPUT:
	case PLACE_TERMINATE:
	case PLACE_GONE:
	case PLACE_EVENTS:
		break;
	}
	return f->process;
}

static void
apply(struct facts *f, enum place_event event)
{
	switch (event) {
	case PLACE_START:
		*f = (struct facts){ .process = true };
		return;
	case PLACE_KNOWN:
		f->shown = true;
		return;
	case PLACE_PLAIN:
		f->shown = f->plain = true;
		return;
	case PLACE_LET_GO:
		f->let_go = true;
		return;
	case PLACE_END_INPUT:
		f->input_ended = true;
		return;
	case PLACE_TERMINATE:
		f->told = true;
		return;
	case PLACE_GONE:
	case PLACE_GONE_EARLY:
		*f = (struct facts){ .retired = f->spare || event == PLACE_GONE_EARLY };
		return;
	case PLACE_RETIRE:
	case PLACE_RECALL:
		f->spare = event == PLACE_RETIRE && f->process;
		f->retired = event == PLACE_RETIRE && !f->process;
		return;
	case PLACE_EVENTS:
		return;
	}
}

static void
agrees(void)
{
	struct place place = { .state = PLACE_EMPTY };
	struct facts facts = { false };

	for (uint64_t step = 1; step <= 300000; step++) {
		enum place_event event = (enum place_event)chance_below(PLACE_EVENTS);
		bool open;

		check_at(step);
		if (!possible(&facts, event))
			continue;
		place_event(&place, event);
		apply(&facts, event);
		check_is(place.state, state_of(&facts));
		check_is(place.spare, facts.spare);
		open = facts.process && !facts.let_go && !facts.input_ended &&
		    !facts.told && !facts.spare;
		check_is(place_may(&place, PLACE_GIVE), open);
		check_is(place_may(&place, PLACE_HEAR), facts.process);
		check_is(place_may(&place, PLACE_COUNT), !facts.retired && !facts.spare);
	}
}

static void
remembers(void)
{
	struct place place = { .state = PLACE_EMPTY };

	place_event(&place, PLACE_START);
	check_is(place.cause, PLACE_NO_CAUSE);
	place_terminate(&place, PLACE_LATE);
	place_terminate(&place, PLACE_BURST);
	check_is(place.state, PLACE_DYING);
	check_is(place.cause, PLACE_LATE);
	place_event(&place, PLACE_GONE);
	check_is(place.cause, PLACE_LATE);
	place_event(&place, PLACE_START);
	check_is(place.cause, PLACE_NO_CAUSE);
}

/* Rows: an end, what the process was told to end for, and what that says. */
static const struct {
	enum place_cause cause;
	struct place_end end;
	enum place_verdict verdict;
} ends[] = {
	/* It had nothing any more, whatever its status is. */
	{ PLACE_NO_CAUSE, { .reports = true }, PLACE_DONE },
	{ PLACE_NO_CAUSE, { .reports = true, .failed = true, .read = true }, PLACE_DONE },
	{ PLACE_STUCK, { .reports = true, .failed = true, .read = true }, PLACE_DONE },
	{ PLACE_NO_CAUSE, { .failed = true, .never = true }, PLACE_DONE },
	/* What it had is not to blame. */
	{ PLACE_NO_CAUSE, { .reports = true, .open = true, .read = true, .left = 1 },
	    PLACE_AGAIN },
	{ PLACE_NO_CAUSE, { .reports = true, .failed = true, .open = true, .left = 1 },
	    PLACE_AGAIN },
	{ PLACE_NO_CAUSE, { .failed = true, .open = true, .read = true, .left = 1 },
	    PLACE_AGAIN },
	{ PLACE_STUCK, { .failed = true, .open = true, .read = true, .left = 1 },
	    PLACE_AGAIN },
	{ PLACE_NO_CAUSE,
	    { .reports = true, .failed = true, .read = true, .stopped = true, .left = 1 },
	    PLACE_AGAIN },
	{ PLACE_STOPPED,
	    { .reports = true, .failed = true, .read = true, .stopped = true, .left = 1 },
	    PLACE_AGAIN },
	/* It may be: it failed, was too late, or had to tell of it. */
	{ PLACE_NO_CAUSE,
	    { .reports = true, .failed = true, .open = true, .read = true, .left = 1 },
	    PLACE_BROKEN },
	{ PLACE_LATE, { .reports = true, .open = true, .read = true, .left = 1 },
	    PLACE_BROKEN },
	{ PLACE_DISTRUSTED, { .reports = true, .open = true, .read = true, .left = 1 },
	    PLACE_BROKEN },
	{ PLACE_NO_CAUSE, { .reports = true, .read = true, .left = 1 }, PLACE_BROKEN },
	/* No copy can ever work. */
	{ PLACE_NO_CAUSE, { .reports = true, .failed = true, .never = true },
	    PLACE_PERMANENT },
	{ PLACE_NO_CAUSE,
	    { .reports = true, .failed = true, .never = true, .read = true, .left = 1 },
	    PLACE_PERMANENT },
	{ PLACE_NO_CAUSE, { .failed = true, .never = true, .left = 1 }, PLACE_PERMANENT },
	{ PLACE_NO_CAUSE, { .failed = true, .never = true, .more = true },
	    PLACE_PERMANENT },
	{ PLACE_REFUSED, { .reports = true, .failed = true, .read = true, .left = 1 },
	    PLACE_PERMANENT },
	{ PLACE_REFUSED, { .reports = true }, PLACE_PERMANENT },
	/* What it says when it was told to end is no word on that. */
	{ PLACE_LATE,
	    { .reports = true, .failed = true, .never = true, .read = true, .left = 1 },
	    PLACE_BROKEN },
	{ PLACE_STOPPED, { .reports = true, .failed = true, .never = true }, PLACE_DONE },
};

static void
judges(void)
{
	for (size_t i = 0; i < COUNT(ends); i++) {
		struct place place = { .state = PLACE_EMPTY };

		check_at(i);
		place_event(&place, PLACE_START);
		if (ends[i].cause != PLACE_NO_CAUSE)
			place_terminate(&place, ends[i].cause);
		check_is(place_judge(&place, &ends[i].end), ends[i].verdict);
	}
}

TESTS("place", { "agrees with plain facts, whatever happens", agrees },
    { "the first cause is the cause, until the next start", remembers },
    { "what an end says", judges })
