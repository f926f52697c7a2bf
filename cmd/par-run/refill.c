/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>

#include "aside.h"
#include "refill.h"

void
refill(struct refill *refill)
{
	struct record refused;
	char why[160];

	shortfall_over(refill->shortfall);
	intake_spare(refill->intake, pool_in_flight(refill->pool) > aside_limits.input);
	if (intake_fill(refill->intake) < 0 && errno != EAGAIN && errno != EINTR) {
		ending_broken(refill->ending, errno, refill->intake->name);
		return;
	}
	while (intake_refused(refill->intake, &refused)) {
		snprintf(why, sizeof(why),
		    "record %llu at byte %llu is longer than %llu bytes; see "
		    "--max-record",
		    (unsigned long long)refused.number + 1,
		    (unsigned long long)refused.offset,
		    (unsigned long long)refill->options->max_record);
		ledger_refused(refill->ledger, &refused, true, why);
		intake_look(refill->intake);
	}
}
