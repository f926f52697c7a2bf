/* SPDX-License-Identifier: ISC */
#include "slot.h"

void
slot_begin(struct slot *slot, const struct times *times)
{
	credit_start(&slot->credit);
	account_progress(&slot->account, times_work(times));
	deadline_begin(&slot->deadline, times_work(times));
	doubles_begin(&slot->doubles);
	silence_begin(&slot->silence, times->now);
	quantum_begin(&slot->quantum);
	reading_begin(&slot->reading);
	host_link_begin(&slot->link);
	slot->since = times->now;
	slot->memory = 0;
	slot->lone = false;
	slot->outdated = false;
}
