/* SPDX-License-Identifier: ISC */
#include "oom.h"
#include "check.h"

/* What the machine counts may be anything, and may grow meanwhile. */
static void
accounts(void)
{
	struct oom_counts opened, group = { .group = 0, .system = UINT64_MAX },
				  system = { .group = UINT64_MAX, .system = 0 },
				  none = { .group = UINT64_MAX, .system = UINT64_MAX };
	enum oom got;

	oom_open(&opened);
	check(opened.group == UINT64_MAX || opened.system == UINT64_MAX);
	check_is(oom_look(&none), OOM_PERHAPS);
	got = oom_look(&group);
	check_is(group.group, got == OOM_SURE ? 1 : 0);
	check(got != OOM_PERHAPS);
	got = oom_look(&system);
	check_is(system.system, got == OOM_PERHAPS ? 1 : 0);
	check(got != OOM_SURE);
}

static void
words(void)
{
	check_text(oom_text(OOM_NOT), "");
	check_text(oom_text(OOM_PERHAPS), ", perhaps for want of memory");
	check_text(oom_text(OOM_SURE), ", for want of memory");
}

TESTS("oom", { "each is accounted for once", accounts }, { "in words", words })
