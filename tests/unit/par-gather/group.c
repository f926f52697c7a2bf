/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "check.h"
#include "group.h"
#include "memory.h"
#include "trouble.h"

/* Values around the key are joined; a record is not to blame where that has no memory. */
static void
starved(void)
{
	static const char record[] = "before\tkey\tbehind\tlast";
	static const char values[] = "\tbefore\tbehind\tlast";
	const struct gather_plan plan = { .key = 2, .group = true, .memory = 1 << 20 };
	struct group group;
	struct group_add add;
	const char *why;

	if (group_open(&group, &plan) < 0) {
		check(memory_failed());
	} else {
		why = group_take_apart(&group, record, strlen(record), &add);
		check(why == (memory_failed() ? trouble_no_memory : NULL));
		if (why == NULL)
			check_bytes(
			    add.values.data, add.values.len, values, strlen(values));
	}
	group_close(&group);
}

static void
without_memory(void)
{
	memory_torment(starved);
}

TESTS("group", { "tell of memory", without_memory })
