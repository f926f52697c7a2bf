/* SPDX-License-Identifier: ISC */
#include "statuses.h"
#include "check.h"

static void
reads(void)
{
	struct statuses statuses;

	check(statuses_read(&statuses, "1,3-5,255") == NULL);
	for (int status = 0; status < 256; status++) {
		check_at((size_t)status);
		check_is(statuses_fine(&statuses, status),
		    status == 0 || status == 1 || (status >= 3 && status <= 5) ||
			status == 255);
	}
	check(!statuses_fine(&statuses, 256) && !statuses_fine(&statuses, -1));
	check(statuses_fine(NULL, 0) && !statuses_fine(NULL, 1));
	check(statuses_read(&statuses, "0") == NULL);
	check(statuses_fine(&statuses, 0) && !statuses_fine(&statuses, 1));
	check(!statuses_fine(&statuses, 3));
}

static void
refuses(void)
{
	static const char *const wrong[] = { "", ",", "1,", ",1", "256", "-1", "1-",
		"5-3", "1-256", "x", "1 2", "1--2", "0x1" };
	struct statuses statuses;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		check_at(i);
		check(statuses_read(&statuses, wrong[i]) != NULL);
	}
}

TESTS("statuses", { "reads numbers and ranges", reads },
    { "refuses what is none", refuses })
