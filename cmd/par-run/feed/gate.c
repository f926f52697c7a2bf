/* SPDX-License-Identifier: ISC */
#include "gate.h"
#include "aside.h"
#include "diag.h"

enum {
	MOST_AHEAD = 1 << 20 /* records given out before the one whose turn it is */
};

bool
gate_open(const struct gate *gate)
{
	const struct outflow *output = gate->output;

	if (gate->phase != PHASE_RUN || output->aside_bytes >= aside_limits.retained)
		return false;
	return !output->in_order || gate->intake->next == output->order.next ||
	    (output->order.bytes + gate->quarantine->later.bytes <
		    aside_limits.retained &&
		gate->intake->next - output->order.next < MOST_AHEAD);
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
