/* SPDX-License-Identifier: ISC */
/*
 * gate - what the run is about, and so what may be given out now: new input, what is to
 * be sent again, or nothing.
 */
#ifndef PAR_RUN_GATE_H
#define PAR_RUN_GATE_H

#include <stdbool.h>

#include "intake.h"
#include "options.h"
#include "output.h"
#include "quarantine.h"

/* Each follows on the one before, from a signal or an end. */
enum phase {
	PHASE_RUN,
	PHASE_DRAIN, /* no more input; what is in flight ends */
	PHASE_STOP, /* workers were told to end */
	PHASE_KILL /* workers were killed */
};

/* Is there hope that more gets done? */
enum hope {
	HOPE_LEFT,
	HOPE_GIVEN_UP, /* nothing is given out or started any more: status 3; */
	HOPE_NEVER /* what was started can never work: the parent supervisor is told so */
};

struct gate {
	const struct run_options *options;
	const struct intake *intake;
	const struct outflow *output;
	const struct quarantine *quarantine;
	enum phase phase;
	enum hope hope;
	bool paused; /* nothing is given out */
};

/* May new input be given out, rather than what is to be sent again? */
bool gate_open(const struct gate *gate);

/* Is it only what is out of turn that keeps new input back? */
bool gate_held(const struct gate *gate);

/* May anything be? */
static inline bool
gate_gives(const struct gate *gate)
{
	return gate->hope == HOPE_LEFT && gate->phase < PHASE_STOP &&
	    (!gate->paused || gate->phase != PHASE_RUN);
}

/* No more input. */
void gate_drain(struct gate *gate);

/* One phase further; there is one. */
static inline void
gate_further(struct gate *gate)
{
	gate->phase++;
}

static inline void
gate_pause(struct gate *gate, bool paused)
{
	gate->paused = paused;
}

/*
 * The run can do no good any more, for the reason given: workers finish what they have,
 * and nothing else is done.
 */
void gate_give_in(struct gate *gate, enum hope hope, const char *why);

#endif
