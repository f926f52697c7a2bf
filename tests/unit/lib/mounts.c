/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <sys/stat.h>

#include "check.h"
#include "mounts.h"

/* The type of what holds a file, if it is known. */
static void
types(void)
{
	static const char *const paths[] = { "/proc/self/mountinfo", "/", "." };

	for (size_t i = 0; i < COUNT(paths); i++) {
		char type[MOUNTS_TYPE] = "before";
		struct stat st;

		if (stat(paths[i], &st) < 0)
			continue;
		check_at(i + 1);
		mounts_type(st.st_dev, type);
		check(strcmp(type, "before") != 0);
		check(i > 0 || *type == '\0' || strcmp(type, "proc") == 0);
	}
}

/* One that is nowhere. */
static void
none(void)
{
	char type[MOUNTS_TYPE] = "before";

	mounts_type((dev_t)-1, type);
	check_text(type, "");
}

TESTS("mounts", { "the type of what holds a file", types }, { "of no device", none })
