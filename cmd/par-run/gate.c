/* SPDX-License-Identifier: ISC */
#include "gate.h"

enum {
	MOST_KEPT = 64 << 20, /* output kept for its turn, bytes */
	MOST_AHEAD = 1 << 20 /* records given out before the one whose turn it is */
};

bool
gate_open(const struct run *run)
{
	if (run->phase != PHASE_RUN || run->output.aside_bytes >= MOST_KEPT)
		return false;
	return !run->output.in_order || run->intake.next == run->output.order.next ||
	    (run->output.order.bytes + run->quarantine.later.bytes < MOST_KEPT &&
		run->intake.next - run->output.order.next < MOST_AHEAD);
}

bool
gate_has_input(const struct run *run)
{
	if (run->given_in)
		return false;
	if (run->again.head != NULL)
		return true;
	for (size_t i = 0; keys_on(&run->keys) && i < run->slot_count; i++)
		if (run->slots[i]->lane.again.head != NULL ||
		    (run->phase == PHASE_RUN && run->slots[i]->lane.fresh.head != NULL))
			return true;
	return run->phase == PHASE_RUN &&
	    (!run->intake.end || intake_ready(&run->intake));
}

void
gate_give_in(struct run *run, const char *why)
{
	warn("%s: %s", run->options->command[0], why);
	run->given_in = true;
	if (run->phase == PHASE_RUN)
		run->phase = PHASE_DRAIN;
}
