/* SPDX-License-Identifier: ISC */
#include "plural.h"
#include "check.h"

static void
counts(void)
{
	check_text(plural(0, "record is", "records are"), "records are");
	check_text(plural(1, "record is", "records are"), "record is");
	check_text(plural(2, "", "s"), "s");
	check_text(plural(UINT64_MAX, "", "s"), "s");
}

TESTS("plural", { "one is one, and all else is many", counts })
