/* SPDX-License-Identifier: ISC */
#include "shortfall.h"

enum { LONGEST = 20 /* ms before it is told of */ };

uint64_t
shortfall_due(const struct shortfall *shortfall)
{
	return shortfall->nature->parent->fd < 0 || shortfall->options->framed ||
		shortfall->since == 0 || shortfall->told || shortfall->intake->end
	    ? UINT64_MAX
	    : shortfall->since + LONGEST;
}

void
shortfall_report(struct shortfall *shortfall)
{
	struct hello hello = shortfall->nature->ours;

	if (shortfall->times->now < shortfall_due(shortfall))
		return;
	hello.waits = true;
	shortfall->told = true;
	nature_greet(shortfall->nature, &hello);
}
