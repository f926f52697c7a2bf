/* SPDX-License-Identifier: ISC */
#include "gate.h"
#include "aside.h"
#include "diag.h"

enum {
	MOST_AHEAD = 1 << 20 /* records given out before the one whose turn it is */
};

/* Has so much come out of turn that only what is before all that may be given out? */
static bool
order_full(const struct gate *gate)
{
	const struct outflow *output = gate->output;
	uint64_t ahead = gate->intake->next - output->order.next;

	return output->in_order && ahead > 0 &&
	    (output->order.bytes + gate->quarantine->later.bytes >=
		    aside_limits.retained ||
		ahead >= MOST_AHEAD);
}

bool
gate_open(const struct gate *gate)
{
	return gate->phase == PHASE_RUN &&
	    gate->output->aside_bytes < aside_limits.retained && !order_full(gate);
}

bool
gate_held(const struct gate *gate)
{
	return gate->phase == PHASE_RUN &&
	    gate->output->aside_bytes < aside_limits.retained && order_full(gate);
}

void
gate_drain(struct gate *gate)
{
	if (gate->phase == PHASE_RUN)
		gate->phase = PHASE_DRAIN;
}

void
gate_give_in(struct gate *gate, enum hope hope, const char *why)
{
	warn("%s: %s", gate->options->command[0], why);
	if (gate->hope < hope)
		gate->hope = hope;
	gate_drain(gate);
}
