/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "check.h"
#include "joblog.h"

static void
ends(void)
{
	static const struct {
		const char *why;
		int status, signal;
	} rows[] = {
		{ "exited with status 1", 1, 0 },
		{ "exited with status 255", 255, 0 },
		{ "exited with status 0", 1, 0 },
		{ "exited with status 1000", 1, 0 },
		{ "exited with status ", 1, 0 },
		{ "exited", 1, 0 },
		{ "killed by signal 9 (Killed)", 0, 9 },
		{ "killed by signal 0", 1, 0 },
		{ "took longer than 0.2 s", -1, 15 },
		{ "took longer", 1, 0 },
		{ "not a number", 1, 0 },
		{ "", 1, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int status = 9, signal = 9;

		check_at(i + 1);
		joblog_end(rows[i].why, strlen(rows[i].why), &status, &signal);
		check_is(status, rows[i].status);
		check_is(signal, rows[i].signal);
	}
}

TESTS("joblog", { "how a job ended", ends })
