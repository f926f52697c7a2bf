/* SPDX-License-Identifier: ISC */
#include <stdbool.h>

#include "oom.h"
#include "oom_kills.h"

void
oom_open(struct oom_counts *counts)
{
	counts->group = oom_kills_group();
	counts->system = counts->group == UINT64_MAX ? oom_kills_system() : UINT64_MAX;
}

/* Is there one more than those that are accounted for?  Then it is, too. */
static bool
one_more(uint64_t *known, uint64_t now)
{
	if (now == UINT64_MAX || now <= *known)
		return false;
	++*known;
	return true;
}

enum oom
oom_look(struct oom_counts *counts)
{
	if (counts->group != UINT64_MAX)
		return one_more(&counts->group, oom_kills_group()) ? OOM_SURE : OOM_NOT;
	return counts->system == UINT64_MAX ||
		one_more(&counts->system, oom_kills_system())
	    ? OOM_PERHAPS
	    : OOM_NOT;
}

const char *
oom_text(enum oom oom)
{
	static const char *const texts[] = { [OOM_NOT] = "",
		[OOM_PERHAPS] = ", perhaps for want of memory",
		[OOM_SURE] = ", for want of memory" };

	return texts[oom];
}
